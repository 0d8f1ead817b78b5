/**
 * The gateway side by side with the reference: more than a thousand requests are sent to both, and status, headers, body, scrape and
 * JSON must be equal but for the differences that the corpus lists with their reasons. A difference that is listed and no longer there
 * fails too.
 */

import { afterAll, beforeAll, describe, it } from "vitest";
import { comments } from "./reference/corpus/comments.ts";
import { distributions } from "./reference/corpus/distributions.ts";
import { encodings } from "./reference/corpus/encodings.ts";
import { endpoints } from "./reference/corpus/endpoints.ts";
import { lenience } from "./reference/corpus/lenience.ts";
import { numbers } from "./reference/corpus/numbers.ts";
import { paths } from "./reference/corpus/paths.ts";
import { samples } from "./reference/corpus/samples.ts";
import { semantics } from "./reference/corpus/semantics.ts";
import { syntax } from "./reference/corpus/syntax.ts";
import type { Scenario } from "./reference/scenario.ts";
import { type Pair, startPair } from "./reference/side-by-side.ts";
import { describeWith, reference } from "./tools.ts";

const CORPUS: Readonly<Record<string, readonly Scenario[]>> = {
  paths,
  samples,
  comments,
  syntax,
  lenience,
  distributions,
  encodings,
  numbers,
  semantics,
  endpoints,
};

describeWith([reference], "side by side with the reference", () => {
  let pair: Pair;
  beforeAll(async () => {
    pair = await startPair("--web.enable-admin-api");
  });
  afterAll(() => pair.stop());

  for (const [title, scenarios] of Object.entries(CORPUS)) {
    describe(title, () => {
      it.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
        "%s",
        (_, scenario) => pair.compare(scenario),
      );
    });
  }
});
