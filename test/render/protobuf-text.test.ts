import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { printFields } from "../../src/render/protobuf-text.ts";

/** Writes fields of a message. */
type Write = (writer: BinaryWriter) => BinaryWriter;

const HISTOGRAM = 7;

describe("printFields", () => {
  const strings: readonly (readonly [text: string, printed: string])[] = [
    ["", '""'],
    ['"\\', '"\\"\\\\"'],
    ["\n\r\t", '"\\n\\r\\t"'],
    ["\0\x01\x1f\x7f", '"\\x00\\x01\\x1f\\x7f"'],
    ["\x80\x9f\xa0", '"\\u0080\\u009f\xa0"'],
    ["'é日💩\ufeff", '"\'é日💩\ufeff"'],
  ];
  it.each(strings)("prints the string %j as %s", (text, printed) => {
    expect(compact((writer) => writer.tag(1, WireType.LengthDelimited).string(text)))
      .toBe(`name:${printed}`);
  });

  it("prints a very long string", () => {
    const text = '\n"'.repeat(20_000);
    expect(compact((writer) => writer.tag(1, WireType.LengthDelimited).string(text)))
      .toBe(`name:"${'\\n\\"'.repeat(20_000)}"`);
  });

  const doubles: readonly (readonly [value: number, printed: string])[] = [
    [0, "0"],
    [-0, "-0"],
    [0.1, "0.1"],
    [1e6, "1e+06"],
    [1e-5, "1e-05"],
    [NaN, "nan"],
    [Infinity, "inf"],
    [-Infinity, "-inf"],
  ];
  it.each(doubles)("prints the number %d as %s", (value, printed) => {
    expect(ofHistogram((writer) => writer.tag(2, WireType.Bit64).double(value)))
      .toBe(`sample_sum:${printed}`);
  });

  const types = ["COUNTER", "GAUGE", "SUMMARY", "UNTYPED", "HISTOGRAM", "GAUGE_HISTOGRAM", "6"];
  it.each(types.map((name, number) => [number, name] as const))(
    "prints the type %d as %s",
    (number, name) => {
      expect(compact((writer) => writer.tag(3, WireType.Varint).int32(number)))
        .toBe(`type:${name}`);
    },
  );

  it("prints all there is to a native histogram, in the order declared", () => {
    expect(ofHistogram((writer) => {
      message(writer, 16, (inner) => {
        message(inner, 1, (label) => label.tag(1, WireType.LengthDelimited).string("id"));
        inner.tag(2, WireType.Bit64).double(0.5);
        return message(inner, 3, (time) => time.tag(1, WireType.Varint).int64("-1"));
      });
      writer.tag(13, WireType.Varint).sint64(5).tag(13, WireType.Varint).sint64(-2);
      message(writer, 12, (span) => span.tag(1, WireType.Varint).sint32(-3));
      message(writer, 12, (span) => span.tag(2, WireType.Varint).uint32(2));
      writer.tag(7, WireType.Varint).uint64("18446744073709551615");
      writer.tag(6, WireType.Bit64).double(1e-3);
      writer.tag(5, WireType.Varint).sint32(-4);
      message(writer, 15, (time) => time.tag(1, WireType.Varint).int64(9));
      writer.tag(4, WireType.Bit64).double(2.5);
      return writer.tag(1, WireType.Varint).uint64("9007199254740993");
    })).toBe(
      "sample_count:9007199254740993 sample_count_float:2.5 created_timestamp:{seconds:9} schema:-4 " +
        "zero_threshold:0.001 zero_count:18446744073709551615 positive_span:{offset:-3} " +
        "positive_span:{length:2} positive_delta:5 positive_delta:-2 " +
        'exemplars:{label:{name:"id"} value:0.5 timestamp:{seconds:-1}}',
    );
  });

  it("prints packed numbers like others", () => {
    const packed = new BinaryWriter().sint64(1).sint64(-1).finish();
    expect(ofHistogram((writer) => {
      writer.tag(10, WireType.Varint).sint64(7);
      writer.tag(10, WireType.LengthDelimited).bytes(packed);
      return writer.tag(14, WireType.LengthDelimited).bytes(
        new BinaryWriter().double(1.5).double(2).finish(),
      );
    })).toBe(
      "negative_delta:7 negative_delta:1 negative_delta:-1 positive_count:1.5 positive_count:2",
    );
  });

  it("prints the last of what may be there once, and one message of its parts", () => {
    expect(ofHistogram((writer) => {
      writer.tag(2, WireType.Bit64).double(1).tag(2, WireType.Bit64).double(2);
      message(writer, 15, (time) => time.tag(1, WireType.Varint).int64(1));
      return message(writer, 15, (time) => time.tag(2, WireType.Varint).int32(5));
    })).toBe("sample_sum:2 created_timestamp:{seconds:1 nanos:5}");
  });

  it("prints what it does not know by number, behind the rest", () => {
    expect(ofHistogram((writer) => {
      writer.tag(99, WireType.Varint).uint64(300);
      writer.tag(98, WireType.Bit32).fixed32(255);
      writer.tag(97, WireType.Bit64).fixed64("255");
      writer.tag(96, WireType.LengthDelimited).string("é");
      writer.tag(95, WireType.StartGroup).tag(1, WireType.Varint).uint32(2);
      writer.tag(2, WireType.StartGroup).tag(2, WireType.EndGroup);
      writer.tag(95, WireType.EndGroup);
      // A number where a message belongs.
      writer.tag(3, WireType.Varint).uint32(1);
      return writer.tag(2, WireType.Bit64).double(1);
    })).toBe('sample_sum:1 99:300 98:0xff 97:0xff 96:"é" 95:{1:2 2:{}} 3:1');
  });

  it("puts every field on a line of its own, indented", () => {
    const bytes = message(
      new BinaryWriter().tag(1, WireType.LengthDelimited).string("a"),
      4,
      (metric) => {
        message(metric, 1, (label) => label);
        return message(metric, 2, (gauge) => gauge.tag(1, WireType.Bit64).double(1));
      },
    ).finish();
    expect(printFields(bytes, false)).toBe(
      'name: "a"\nmetric: {\n  label: {}\n  gauge: {\n    value: 1\n  }\n}\n',
    );
    expect(printFields(bytes, true)).toBe('name:"a" metric:{label:{} gauge:{value:1}}');
  });

  it("prints nothing of nothing", () => {
    expect(printFields(new Uint8Array(), true)).toBe("");
    expect(printFields(new Uint8Array(), false)).toBe("");
  });
});

function compact(write: Write): string {
  return printFields(write(new BinaryWriter()).finish(), true);
}

/** The fields of a histogram as printed, without what is around them. */
function ofHistogram(write: Write): string {
  const printed = compact((writer) =>
    message(writer, 4, (metric) => message(metric, HISTOGRAM, write))
  );
  return printed.replace(/^metric:\{histogram:\{(.*)\}\}$/s, "$1");
}

function message(writer: BinaryWriter, field: number, write: Write): BinaryWriter {
  writer.tag(field, WireType.LengthDelimited).fork();
  return write(writer).join();
}
