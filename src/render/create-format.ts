/**
 * The format that was negotiated.
 */

import type { Format } from "./format.ts";
import type { Negotiated } from "./negotiate.ts";
import { createOpenMetricsFormat } from "./openmetrics.ts";
import { createProtobufFormat } from "./protobuf.ts";
import { createTextFormat } from "./text.ts";

/** Makes the format that was agreed upon. */
export function createFormat({ format, escaping }: Negotiated): Format {
  switch (format) {
    case "protobuf delimited":
      return createProtobufFormat("delimited", escaping);
    case "protobuf text":
      return createProtobufFormat("text", escaping);
    case "protobuf compact-text":
      return createProtobufFormat("compact-text", escaping);
    case "openmetrics 1.0.0":
      return createOpenMetricsFormat("1.0.0", escaping);
    case "openmetrics 0.0.1":
      return createOpenMetricsFormat("0.0.1", escaping);
    default:
      return createTextFormat(escaping);
  }
}
