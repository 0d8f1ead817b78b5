/** The black-box suite over every way to run the gateway. What is about processes rather than HTTP is in process.test.ts. */

import { describe } from "vitest";
import { describeTarget } from "./http/suite.ts";
import { targets } from "./servers.ts";

for (const target of targets) describe(target.name, () => describeTarget(target));
