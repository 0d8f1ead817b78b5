/** The black-box suite over ways to run the gateway. What is about processes rather than HTTP is in process.test.ts. */

import { describeTargets } from "./http/suite.ts";

describeTargets("node (in process)", "node (bundle)");
