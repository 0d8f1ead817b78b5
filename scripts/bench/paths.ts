/** Where things are. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository. */
export const ROOT: string = fileURLToPath(new URL("../..", import.meta.url));
/** The executable that `npm run compile` makes. */
export const OURS: string = join(ROOT, "dist/narthex");
/** Debian's executable of the reference. */
export const REFERENCE = "prometheus-pushgateway";
