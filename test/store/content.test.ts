import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PushedFamily } from "../../src/model/family.ts";
import { parseGroupingPath } from "../../src/http/grouping-path.ts";
import type { Store } from "../../src/store/store.ts";
import { type NaiveFamily, NaiveGateway, type NaiveGroup } from "../support/naive-gateway.ts";
import { runs } from "../support/runs.ts";
import { createStore, del, keyOf, push, scrape, write } from "./builders.ts";
import { anyWrite, pathOf, type RandomWrite } from "./random-writes.ts";

/** A scrape shows what is held and not how it came about, so that a restart does not change it. */

interface Content {
  readonly store: Store;
  readonly groups: readonly NaiveGroup[];
}

function run(writes: readonly RandomWrite[], checkConsistency: boolean): Content {
  const { store } = createStore({ checkConsistency });
  const model = new NaiveGateway({ own: new Map(), checkConsistency });
  writes.forEach((random, index) => {
    const at = (index + 1) * 1000;
    if (random.kind === "delete") {
      store.apply({ kind: "delete", key: parseGroupingPath(random.path) });
      model.delete(random.key);
    } else if (random.kind === "push") {
      const path = random.path.slice("/metrics/job/".length);
      if (model.push(random.push, at).status === 400) {
        try {
          store.apply(write(random.push.method, path, random.body, at));
        } catch {
          // The group would repeat another one; there is no trace of it on either side.
        }
      } else {
        expect(push(store, random.push.method, path, random.body, at)).toBe("");
      }
    }
  });
  return { store, groups: model.groups };
}

/** Makes the same content anew: first what failed, then what succeeded. */
function rebuild(groups: readonly NaiveGroup[], checkConsistency: boolean): Store {
  const { store } = createStore({ checkConsistency });
  for (const { key, families, pushed, failed } of groups) {
    const path = pathOf(key).slice("/metrics/job/".length);
    if (failed > 0) push(store, "PUT", path, "x 1 1\n", failed);
    if (pushed > 0) {
      store.apply({
        kind: "push",
        key: keyOf(path),
        families: [...families.values()].map(toPushed),
        replace: true,
        at: pushed,
      });
    }
  }
  return store;
}

function toPushed({ name, type, help, series }: NaiveFamily): PushedFamily {
  const rows = series.map(({ labels, value }) => ({
    labels: Object.entries(labels).flat(),
    sample: typeof value === "number" ? value : {
      count: value.count,
      sum: value.sum,
      points: value.points.map(([point]) => Number(point.replace("+Inf", "Infinity"))),
      values: value.points.map(([, number]) => number),
    },
  }));
  return { name, type, help, timestamped: false, series: rows } as PushedFamily;
}

describe("a scrape", () => {
  it.each([true, false])(
    "is a function of the content, whatever the history (consistency check: %s)",
    (checkConsistency) => {
      const history = fc.array(anyWrite, { minLength: 1, maxLength: 40, size: "max" });
      fc.assert(
        fc.property(history, fc.infiniteStream(fc.nat()), (writes, dice) => {
          const { store, groups } = run(writes, checkConsistency);
          const shuffled = groups.map((group) => ({ group, at: dice.next().value ?? 0 }))
            .sort((a, b) => a.at - b.at).map(({ group }) => group);
          const again = rebuild(shuffled, checkConsistency);
          expect(scrape(again, { times: true })).toBe(scrape(store, { times: true }));
        }),
        { numRuns: runs(40) },
      );
    },
  );

  it("is the same where blocks were split and merged as where they never were", () => {
    const jobs = Array.from({ length: 1300 }, (_, index) => `job-${index}`);
    const kept = jobs.filter((_, index) => index % 2 === 0);
    const body = (job: string) => `# HELP x of ${job.length}\nx{of="${job}"} 1\ny 2\n`;
    fc.assert(
      fc.property(fc.shuffledSubarray(jobs, { minLength: jobs.length }), (order) => {
        const { store } = createStore();
        for (const job of order) push(store, "PUT", job, `x 0\nz ${job.length}\n`, 1);
        for (const job of order) if (!kept.includes(job)) del(store, job);
        for (const job of order) if (kept.includes(job)) push(store, "PUT", job, body(job), 5);
        const { store: fresh } = createStore();
        for (const job of kept) push(fresh, "POST", job, body(job), 5);
        expect(scrape(store, { times: true })).toBe(scrape(fresh, { times: true }));
      }),
      { numRuns: runs(2), endOnFailure: true },
    );
  });
});
