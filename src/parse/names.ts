/**
 * Which names a text body may have in quotes: with UTF-8 names any but the empty one, without them those that need no quotes.
 */

import { isLabelName, isMetricName } from "../model/name.ts";
import { quote } from "../model/quote.ts";
import type { Scanner } from "./scanner.ts";

/**
 * Refuses the quoted name of a metric that may not be.
 *
 * @param scanner where the name was read.
 * @param utf8Names whether names may be any UTF-8.
 * @throws GatewayError (malformed).
 */
export function checkMetricName(scanner: Scanner, name: string, utf8Names: boolean): void {
  if (name === "" || (!utf8Names && !isMetricName(name))) {
    scanner.fail(`invalid metric name ${quote(name)}`);
  }
}

/**
 * Refuses the quoted name of a label that may not be.
 *
 * @param scanner where the name was read.
 * @param utf8Names whether names may be any UTF-8.
 * @throws GatewayError (malformed).
 */
export function checkLabelName(scanner: Scanner, name: string, utf8Names: boolean): void {
  if (name === "" || (!utf8Names && !isLabelName(name))) {
    scanner.fail(`invalid label name ${quote(name)}`);
  }
}
