/** Writes files as the reference does, for tests: groups with families, in the layout of 0.10 and later unless told otherwise. */

import { family, message, metric } from "../parse/protobuf-encode.ts";
import {
  type Bytes,
  bytes,
  define,
  FIRST,
  map,
  stream,
  STRING,
  struct,
  UINT,
  value,
} from "./gob-encode.ts";

/** A group as it is to stand in the file; what is undefined is left out. */
export interface Group {
  /** The grouping labels. */
  readonly labels: readonly (readonly [name: string | Bytes, value: string | Bytes])[] | undefined;
  /** The families by name. */
  readonly families: readonly (readonly [name: string, family: Bytes])[];
}

/** The numbers that the types of a file have. */
const GROUPS = FIRST, GROUP = FIRST + 1, LABELS = FIRST + 2, METRICS = FIRST + 3;
const FAMILY = FIRST + 4, TIME = FIRST + 5, MESSAGE = FIRST + 6;

/** The definitions at the beginning of a file, by the types that they define. */
export const DEFINITIONS: Readonly<Record<string, Bytes>> = {
  groups: define(GROUPS, { map: [STRING, GROUP] }, "GroupingKeyToMetricGroup"),
  group: define(GROUP, { struct: { Labels: LABELS, Metrics: METRICS } }),
  labels: define(LABELS, { map: [STRING, STRING] }, "map[string]string"),
  metrics: define(METRICS, { map: [STRING, FAMILY] }, "NameToTimestampedMetricFamilyMap"),
  family: define(FAMILY, { struct: { Timestamp: TIME, GobbableMetricFamily: MESSAGE } }),
  time: define(TIME, { encoded: "GobEncoder" }, "Time"),
  message: define(MESSAGE, { encoded: "GobEncoder" }),
};

/** The same with other things in their places. */
export const OTHER_DEFINITIONS: Readonly<Record<string, Bytes>> = {
  // As it was up to version 0.9.
  hashed: define(GROUPS, { map: [UINT, GROUP] }, "GroupingKeyToMetricGroup"),
  // As it may be in a version to come.
  reordered: define(GROUP, { struct: { Metrics: METRICS, More: METRICS, Labels: LABELS } }),
  reorderedFamily: define(FAMILY, {
    struct: { GobbableMetricFamily: MESSAGE, More: LABELS, Timestamp: TIME },
  }),
  unlabelled: define(GROUP, { struct: { Metrics: METRICS } }),
  textual: define(GROUP, { struct: { Labels: STRING, Metrics: METRICS } }),
  bare: define(FAMILY, { struct: { Timestamp: TIME } }),
  // As it was before version 0.2.
  jobs: define(GROUPS, { map: [STRING, GROUP] }, "jobToInstanceMap"),
  instances: define(GROUP, { map: [STRING, METRICS] }, "instanceToNameMap"),
};

/** A file with these groups. */
export function file(...groups: readonly Group[]): Uint8Array {
  return stream(...Object.values(DEFINITIONS), value(GROUPS, encodeGroups(groups)));
}

/** A file with other definitions and the value given. */
export function fileOf(definitions: Readonly<Record<string, Bytes>>, encoded: Bytes): Uint8Array {
  return stream(...Object.values(definitions), value(GROUPS, encoded));
}

function encodeGroups(groups: readonly Group[]): Bytes {
  return map(
    ...groups.map((group, at): [Bytes, Bytes] => [bytes(`key ${at}`), encodeGroup(group)]),
  );
}

function encodeGroup({ labels, families }: Group): Bytes {
  const metrics = encodeMetrics(families);
  return labels === undefined
    ? struct([1, metrics])
    : struct([0, encodeLabels(labels)], [1, metrics]);
}

/** Labels. */
export function encodeLabels(labels: NonNullable<Group["labels"]>): Bytes {
  return map(...labels.map(([name, text]): [Bytes, Bytes] => [bytes(name), bytes(text)]));
}

/** Families. */
export function encodeMetrics(families: Group["families"]): Bytes {
  return map(...families.map(([name, encoded]): [Bytes, Bytes] => [bytes(name), encoded]));
}

/** A time of push: milliseconds since the Unix epoch. */
export function time(milliseconds: number): Bytes {
  const view = new DataView(new ArrayBuffer(15));
  view.setUint8(0, 1);
  view.setBigInt64(1, BigInt(Math.floor(milliseconds / 1000)) + 62_135_596_800n);
  view.setUint32(9, (milliseconds % 1000) * 1e6);
  view.setUint16(13, 0xffff);
  return [...new Uint8Array(view.buffer)];
}

/** A family: a time and a message. */
export function timestamped(message: Uint8Array | undefined, at: Bytes | undefined): Bytes {
  const fields: [number, Bytes][] = [];
  if (at !== undefined) fields.push([0, bytes(at)]);
  if (message !== undefined) fields.push([1, bytes(message)]);
  return struct(...fields);
}

/** A family of one gauge, pushed at 1000 ms, with labels. */
export function gauge(name: string, pairs: Readonly<Record<string, string>>): Bytes {
  return timestamped(gaugeMessage(name, pairs), time(1000));
}

/** The message of a family of one gauge. */
export function gaugeMessage(name: string, pairs: Readonly<Record<string, string>>): Uint8Array {
  return family(name, "gauge", [metric("gauge", message([1, 7]), pairs)]);
}
