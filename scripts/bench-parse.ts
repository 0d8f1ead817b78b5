/**
 * How fast a large push is parsed: the same 20 000 series as text, some 1.2 MB, and as delimited protobuf. Both are parsed in
 * alternation and the median of the rounds counts. A megabyte is of the body at hand: per series protobuf is the smaller one.
 */

import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { FAMILY, LABEL, METRIC, SCALAR, VALUE_FIELDS } from "../src/model/client-model.ts";
import { parseProtobuf } from "../src/parse/protobuf.ts";
import { parseText } from "../src/parse/text.ts";

const SERIES = 20_000;
const ROUNDS = 31;
const NAME = "batch_records";

interface Subject {
  readonly what: string;
  readonly body: Uint8Array;
  readonly parse: (body: Uint8Array) => readonly { readonly series: readonly unknown[] }[];
  readonly times: number[];
}

/** Measures both formats; returns a line of text for each. */
export function benchParse(): string[] {
  const subjects: readonly Subject[] = [
    { what: "text", body: textBody(SERIES), parse: (body) => parseText(body), times: [] },
    { what: "protobuf", body: protobufBody(SERIES), parse: parseProtobuf, times: [] },
  ];
  for (let round = 0; round < ROUNDS; round++) {
    for (const subject of subjects) subject.times.push(time(subject));
  }
  return subjects.map(({ what, body, times }) => {
    const milliseconds = times.toSorted((a, b) => a - b)[ROUNDS >> 1] ?? NaN;
    const size = body.length / 1e6;
    const speed = size / milliseconds * 1000;
    return `parse ${SERIES} series as ${what}, ${size.toFixed(2)} MB: ` +
      `${milliseconds.toFixed(2)} ms, ${speed.toFixed(1)} MB/s`;
  });
}

/** Milliseconds that one parse takes. */
function time({ what, body, parse }: Subject): number {
  const started = performance.now();
  const [family] = parse(body);
  const spent = performance.now() - started;
  if (family?.series.length !== SERIES) throw new Error(`not all of ${what} was read`);
  return spent;
}

function hostOf(series: number): string {
  return `host-${String(series).padStart(5, "0")}`;
}

/** A body in the text format of one gauge with so many series of three labels. */
export function textBody(count: number): Uint8Array {
  let text = `# TYPE ${NAME} gauge\n`;
  for (let i = 0; i < count; i++) {
    text += `${NAME}{host="${hostOf(i)}",kind="read",zone="a-1"} ${i * 1.25}\n`;
  }
  return new TextEncoder().encode(text);
}

/** The same as delimited protobuf. */
export function protobufBody(count: number): Uint8Array {
  const family = new BinaryWriter();
  family.tag(FAMILY.name, WireType.LengthDelimited).string(NAME);
  family.tag(FAMILY.type, WireType.Varint).int32(1);
  for (let i = 0; i < count; i++) {
    family.tag(FAMILY.metric, WireType.LengthDelimited).fork();
    writeLabel(family, "host", hostOf(i));
    writeLabel(family, "kind", "read");
    writeLabel(family, "zone", "a-1");
    family.tag(VALUE_FIELDS.gauge, WireType.LengthDelimited).fork();
    family.tag(SCALAR.value, WireType.Bit64).double(i * 1.25);
    family.join().join();
  }
  return new BinaryWriter().bytes(family.finish()).finish();
}

function writeLabel(writer: BinaryWriter, name: string, value: string): void {
  writer.tag(METRIC.label, WireType.LengthDelimited).fork();
  writer.tag(LABEL.name, WireType.LengthDelimited).string(name);
  writer.tag(LABEL.value, WireType.LengthDelimited).string(value).join();
}
