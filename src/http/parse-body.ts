/**
 * Which parser reads a body: its Content-Type decides. Whatever is not known to be something else is the text format, since curl
 * and many libraries send no type or a wrong one.
 */

import type { PushedFamily } from "../model/family.ts";
import { parseOpenMetrics } from "../parse/openmetrics.ts";
import { parseProtobuf } from "../parse/protobuf.ts";
import { parseText, type TextOptions } from "../parse/text.ts";
import { type MediaType, parseMediaType } from "./media-type.ts";

/**
 * Parses a body.
 *
 * @param contentType the header, `null` when there is none.
 * @param body the bytes, decompressed.
 * @param options what holds for bodies that are text.
 * @returns the families, in the order of the body.
 * @throws GatewayError as the parser of the format does.
 */
export function parseBody(
  contentType: string | null,
  body: Uint8Array,
  options: TextOptions = {},
): Iterable<PushedFamily> {
  const media = contentType === null ? undefined : parseMediaType(contentType);
  if (isDelimitedProtobuf(media)) return parseProtobuf(body);
  if (media?.type === "application/openmetrics-text") return parseOpenMetrics(body, options);
  return parseText(body, options);
}

/** As the reference decides: all three must be given, and other parameters do not matter. */
function isDelimitedProtobuf(media: MediaType | undefined): boolean {
  return media?.type === "application/vnd.google.protobuf" &&
    media.params.get("encoding") === "delimited" &&
    media.params.get("proto") === "io.prometheus.client.MetricFamily";
}
