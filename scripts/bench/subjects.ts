/** Everything that `npm run bench` measures, in the order in which it does. */

import { partialUpdate } from "./cases/partial-update.ts";
import { scrapers } from "./cases/scrapers.ts";
import { slowClients } from "./cases/slow-clients.ts";
import { storm } from "./cases/storm.ts";
import type { Subject } from "./result.ts";
import { durable } from "./rows/durable.ts";
import { largePush } from "./rows/large-push.ts";
import { latency } from "./rows/latency.ts";
import { memory } from "./rows/memory.ts";
import { pushRate, pushRateByGroups } from "./rows/push-rate.ts";
import { scrape } from "./rows/scrape.ts";
import { wipe } from "./rows/wipe.ts";

/** The rows of the budget. */
export const ROWS: readonly Subject[] = [
  pushRate,
  pushRateByGroups,
  largePush,
  scrape,
  memory,
  durable,
  wipe,
  latency,
];

/** Large cases beside those that the budget has. */
export const CASES: readonly Subject[] = [partialUpdate, storm, scrapers, slowClients];
