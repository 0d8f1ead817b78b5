/** The commands that the README shows, run by a shell as they stand there, against a gateway on another port. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ROOT } from "../../scripts/bundle.ts";
import { wipe } from "./reference/compare.ts";
import { type Server, startGateway } from "./servers.ts";
import { curl, describeWith } from "./tools.ts";

const README = readFileSync(join(ROOT, "README.md"), "utf8");
const BLOCKS = [...README.matchAll(/^```sh\n(.*?)^```/gms)].map(([, block = ""]) => block)
  .filter((block) => block.includes("curl"));

describeWith([curl], "curl", () => {
  let gateway: Server;
  beforeAll(async () => {
    gateway = await startGateway("--web.enable-admin-api");
  });
  afterAll(() => gateway.stop());
  beforeEach(() => wipe(gateway.url));

  /** Runs a script for a gateway on port 9091; returns what it prints. */
  function run(script: string): string {
    const moved = script.replaceAll("http://localhost:9091", gateway.url);
    const { status, stdout, stderr } = spawnSync("/bin/sh", ["-ec", moved], { encoding: "utf8" });
    expect(status, stderr).toBe(0);
    return stdout;
  }

  it("does all that the README shows, one after the other", () => {
    expect(BLOCKS.length).toBeGreaterThan(3);
    for (const block of BLOCKS) {
      const output = run(block);
      // Whatever goes wrong is told on the standard output; what goes well says nothing, but for scrapes.
      if (block.includes("/metrics\n")) {
        expect(output).toContain('some_metric{instance="",job="some_job"} 3.14\n');
      } else expect(output, block).toBe("");
    }
    expect(run("curl -s http://localhost:9091/metrics")).not.toContain("some_metric");
  });

  it("pushes one sample", () => {
    run(
      'echo "some_metric 3.14" | curl --data-binary @- http://localhost:9091/metrics/job/some_job',
    );
    expect(run("curl -s http://localhost:9091/metrics")).toContain(
      '# TYPE some_metric untyped\nsome_metric{instance="",job="some_job"} 3.14\n',
    );
  });

  it("pushes a heredoc with TYPE and HELP", () => {
    run(HEREDOC);
    const group = 'instance="some_instance",job="some_job"';
    const scrape = run("curl -s http://localhost:9091/metrics");
    expect(scrape).toContain(
      `# TYPE some_metric counter\nsome_metric{${group},label="val1"} 42\n`,
    );
    expect(scrape).toContain(
      `# HELP another_metric Just an example.\n# TYPE another_metric gauge\nanother_metric{${group}} 2398.283\n`,
    );
    expect(scrape).toMatch(
      /^push_time_seconds\{instance="some_instance",job="some_job"\} \d\.\d+e\+09$/m,
    );
  });

  it("replaces a group with -T", () => {
    run(HEREDOC);
    run(
      'echo "other 1" | curl -sT- http://localhost:9091/metrics/job/some_job/instance/some_instance',
    );
    const scrape = run("curl -s http://localhost:9091/metrics");
    expect(scrape).toContain('other{instance="some_instance",job="some_job"} 1\n');
    expect(scrape).not.toContain("some_metric");
  });

  it("deletes a group", () => {
    run(HEREDOC);
    run("curl -X DELETE http://localhost:9091/metrics/job/some_job/instance/some_instance");
    expect(run("curl -s http://localhost:9091/metrics")).not.toContain("some_instance");
  });

  it("sends files with -d and line ends of Windows", () => {
    run(
      `printf '# TYPE a gauge\\r\\na 1\\r\\n' | curl -s --data-binary @- http://localhost:9091/metrics/job/a`,
    );
    run("curl -s -d 'b 2' http://localhost:9091/metrics/job/b");
    const scrape = run("curl -s http://localhost:9091/metrics");
    expect(scrape).toContain('# TYPE a gauge\na{instance="",job="a"} 1\n');
    expect(scrape).toContain('b{instance="",job="b"} 2\n');
  });

  it("takes compressed scrapes and follows the redirect of a slash too many", () => {
    run("curl -s -d 'b 2' http://localhost:9091/metrics/job/b");
    for (const rest of ["--compressed $URL", "-L $URL/", "-L --compressed $URL/"]) {
      const command = `curl -s ${rest.replace("$URL", "http://localhost:9091/metrics")}`;
      expect(run(command)).toContain('b{instance="",job="b"} 2\n');
    }
  });

  it("is told why a push was refused", () => {
    expect(run("echo 'b-c 2' | curl -s --data-binary @- http://localhost:9091/metrics/job/b")).toBe(
      'text format parsing error in line 1: expected float as value, got "-c"\n',
    );
  });

  it("sends large bodies after 100 Continue, and chunked ones", () => {
    const large = `i=0; while [ $i -lt 4000 ]; do echo "m{i=\\"$i\\",pad=\\"${
      "x".repeat(300)
    }\\"} $i"; i=$((i+1)); done`;
    const body = `(${large}) | curl -s -H 'Expect: 100-continue' --data-binary @-`;
    expect(run(`${body} http://localhost:9091/metrics/job/a`)).toBe("");
    const chunked = body.replace(
      "--data-binary",
      "-X POST -H 'Transfer-Encoding: chunked' --data-binary",
    );
    expect(run(`${chunked} http://localhost:9091/metrics/job/b`)).toBe("");
    expect(run("curl -s http://localhost:9091/metrics | grep -c '^m{'")).toBe("8000\n");
  });
});

const HEREDOC =
  `cat <<EOF | curl --data-binary @- http://localhost:9091/metrics/job/some_job/instance/some_instance
# TYPE some_metric counter
some_metric{label="val1"} 42
# TYPE another_metric gauge
# HELP another_metric Just an example.
another_metric 2398.283
EOF
`;
