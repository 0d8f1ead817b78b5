/**
 * Which format, and which way to write names, a scraper wants. The clauses of the Accept header are walked by weight; each
 * `escaping` on the way overwrites the one before, until a clause names a format that is on offer. Without one it is the text
 * format 0.0.4 with `underscores`, which every scraper understands; wildcards stand for it too.
 *
 * Specs: RFC 9110 §12.5.1, https://prometheus.io/docs/instrumenting/content_negotiation/
 */

import { type Escaping, isEscaping } from "../model/name-escaping.ts";

/** The formats on offer; of OpenMetrics in either version. */
export type FormatId =
  | "text"
  | "openmetrics 1.0.0"
  | "openmetrics 0.0.1"
  | "protobuf delimited"
  | "protobuf text"
  | "protobuf compact-text";

/** What was agreed upon. */
export interface Negotiated {
  /** The format. */
  readonly format: FormatId;
  /** How names are written that the legacy rule does not allow. */
  readonly escaping: Escaping;
}

/** What may be agreed upon beside the text format and protobuf. */
export interface Offer {
  /** Whether OpenMetrics is on offer. */
  readonly openMetrics: boolean;
}

/** Reads an Accept header; `null` when there is none. What cannot be read in it is skipped. */
export function negotiateFormat(accept: string | null, offer: Offer): Negotiated {
  let escaping: Escaping = "underscores";
  for (const clause of parseAccept(accept ?? "")) {
    const wanted = clause.parameters.get("escaping");
    if (wanted !== undefined && isEscaping(wanted)) escaping = wanted;
    const format = formatOf(clause, offer);
    if (format !== undefined) return { format, escaping };
  }
  return { format: "text", escaping };
}

interface Clause {
  readonly mediaType: string;
  readonly parameters: ReadonlyMap<string, string>;
  readonly weight: number;
}

/** The clauses in the order in which they are preferred, without those that the client does not want. */
function parseAccept(header: string): Clause[] {
  const clauses = header.split(",").map(parseClause).filter(({ weight }) => weight > 0);
  return clauses.sort((a, b) => b.weight - a.weight);
}

function parseClause(text: string): Clause {
  const [mediaType = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = new Map(rest.map(parseParameter));
  const q = parameters.get("q");
  const weight = q === undefined ? 1 : Number(q) || 0;
  return { mediaType: mediaType.toLowerCase(), parameters, weight };
}

function parseParameter(text: string): [name: string, value: string] {
  const equals = text.indexOf("=");
  if (equals < 0) return [text.toLowerCase(), ""];
  const value = text.slice(equals + 1).trim();
  const isQuoted = value.length > 1 && value.startsWith('"') && value.endsWith('"');
  return [text.slice(0, equals).trim().toLowerCase(), isQuoted ? value.slice(1, -1) : value];
}

function formatOf({ mediaType, parameters }: Clause, offer: Offer): FormatId | undefined {
  const version = parameters.get("version") ?? "";
  switch (mediaType) {
    case "text/plain":
      return version === "" || version === "0.0.4" ? "text" : undefined;
    case "application/openmetrics-text":
      return offer.openMetrics ? openMetricsOf(version) : undefined;
    case "application/vnd.google.protobuf":
      return parameters.get("proto") === "io.prometheus.client.MetricFamily"
        ? protobufOf(parameters.get("encoding"))
        : undefined;
    default:
      return undefined;
  }
}

/** Who names no version gets the one that was there first, as from the reference's library. */
function openMetricsOf(version: string): FormatId | undefined {
  if (version === "1.0.0") return "openmetrics 1.0.0";
  return version === "" || version === "0.0.1" ? "openmetrics 0.0.1" : undefined;
}

function protobufOf(encoding: string | undefined): FormatId | undefined {
  switch (encoding) {
    case "delimited":
      return "protobuf delimited";
    case "text":
      return "protobuf text";
    case "compact-text":
      return "protobuf compact-text";
    default:
      return undefined;
  }
}
