import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { GobDecoder } from "../../src/persist/gob.ts";
import { hex } from "../decode/hex.ts";
import {
  BOOL,
  BYTES,
  type Bytes,
  bytes,
  COMPLEX,
  define,
  type Definition,
  FIRST,
  FLOAT,
  float,
  INT,
  int,
  INTERFACE,
  list,
  map,
  message,
  stream,
  STRING,
  struct,
  UINT,
  uint,
  value,
} from "./gob-encode.ts";
import { errorOf, readAll } from "./read-gob.ts";

const text = (value: string) => [...new TextEncoder().encode(value)];

describe("what Go writes", () => {
  it("reads the example of the specification", () => {
    const point = "1fff8103010105506f696e7401ff8200010201015801040001015901040000" +
      "0007ff82012c014200";
    expect(readAll(hex(point))).toEqual([{ X: 22n, Y: 33n }]);
  });

  it("reads every kind of value, several of them in a stream", () => {
    // Written with Go 1.26: a struct with fields of every kind, then 42, "t", map[uint64]bool{7: true} and the time again.
    const all = `
      ff827f03010103416c6c01ff8000011001024e6f010200010359657301020001034d696e01040001034d61780106
      00010146010800010153010c0001024279010a00010143010e0001014c01ff820001014101ff840001014d01ff86
      0001015401ff880001015501ff8a0001015201ff8c0001014501ff900001044c617374010c00000016ff81020101
      085b5d737472696e6701ff8200010c000017ff83010101075b325d696e743801ff840001040104000022ff850401
      01126d61705b737472696e675d666c6f6174363401ff8600010c0108000010ff870501010454696d6501ff880000
      000fff890601010355524c01ff8a00000014ff910301010855736572696e666f01ff9200000022ff8b030101044e
      6f646501ff8c00010201015601040001044e65787401ff8c0000001bff8f0201010c5b5d6d61696e2e496e6e6572
      01ff900001ff8e00001fff8d03010105496e6e657201ff8e000102010141010c00010142010c00000078ff800201
      01f8ffffffffffffffff01f8ffffffffffffffff01f8355800662deb41fe0103c3a9ff01030001ff01fef03fffc0
      01030161000162010201000101016bfef07f0110020000000edd72228e075bcd15014a0f010a687474703a2f2f68
      2f7001010201010400000102000101780101790001017a0003040054040c0001740eff93040102ff940001060102
      000006ff940001070114ff880010020000000edd72228e075bcd15014a0f`;
    const time = [...hex("020000000edd72228e075bcd15014a0f")];
    expect(readAll(hex(all.replace(/\s/g, "")))).toEqual([
      {
        Yes: true,
        Min: -(2n ** 63n),
        Max: 2n ** 64n - 1n,
        F: -1.5e300,
        S: [0xc3, 0xa9, 0xff],
        By: [0, 1, 255],
        C: "skipped",
        L: [text("a"), [], text("b")],
        A: [-1n, 0n],
        M: [[text("k"), Infinity]],
        T: time,
        U: text("http://h/p"),
        R: { V: 1n, Next: { V: 2n } },
        E: [{}, { A: text("x"), B: text("y") }],
        Last: text("z"),
      },
      42n,
      text("t"),
      [[7n, true]],
      time,
    ]);
  });

  it("refuses interface values", () => {
    const held = hex(
      "16ff9503010102496601ff9600010101015601100000002dff96010a6d61696e2e496e6e6572ff8d0301010549" +
        "6e6e657201ff8e000102010141010c00010142010c00000008ff8e040101710000",
    );
    expect(errorOf(held)).toBe("gob: interface values cannot be read (at byte 27)");
  });
});

describe("structs", () => {
  const fields = define(FIRST, { struct: { A: INT, B: STRING, C: INT } }, "Three");

  it("gives fields by name and leaves out those that are not there", () => {
    const three = value(FIRST, struct([0, int(1)], [2, int(-1)]), true);
    expect(readAll(stream(fields, three))).toEqual([{ A: 1n, C: -1n }]);
  });

  it("may be skipped field by field", () => {
    const decoder = new GobDecoder(
      stream(fields, value(FIRST, struct([0, int(1)], [1, bytes("x")], [2, int(3)]), true)),
    );
    const type = decoder.next() ?? NaN;
    let last = 0n;
    decoder.struct(type, (name, field) => {
      if (name === "C") last = decoder.int(field);
      else decoder.skip(field);
    });
    decoder.finish();
    expect([last, decoder.next()]).toEqual([3n, undefined]);
  });

  it("refuses a field beyond the last", () => {
    expect(errorOf(stream(fields, value(FIRST, struct([3, int(1)]), true))))
      .toMatch(/^gob: field 3 of struct "Three", which has 3 \(at byte \d+\)$/);
  });
});

describe("refusals", () => {
  it.each<[title: string, reason: string, ...Bytes[]]>([
    ["nothing in a message", "unexpected end of the stream", [0]],
    ["a length alone", "unexpected end of the stream", [5]],
    ["an integer too long", "an integer of 9 bytes", [0xf7, 1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ["a type that is not defined", "type 65 is not defined", value(FIRST + 1, [1])],
    ["type 0", "type 0 is not defined", value(0, [1])],
    ["no zero before a value", "a value without the zero before it", message(int(INT), [7])],
    ["more than the value", "1 bytes left over in a message", message(int(INT), [0], int(1), [0])],
    [
      "a string longer than the rest",
      "100 announced with 2 bytes left",
      value(STRING, [100, 1, 2]),
    ],
    [
      "a string beyond its message",
      "3 announced with 2 bytes left",
      value(STRING, [3, 1, 2]),
      value(INT, [1]),
    ],
    [
      "a number beyond its message",
      "a value reaches beyond its message",
      value(INT, [0xfe, 1]),
      value(INT, [1]),
    ],
    [
      "a huge list",
      "18446744073709552000 announced with 1 bytes left",
      define(FIRST, { slice: INT }),
      value(FIRST, [...uint(2n ** 64n - 1n), 0]),
    ],
    [
      "a huge map",
      "1099511627776 announced with 2 bytes left",
      define(FIRST, { map: [INT, INT] }),
      value(FIRST, [...uint(2n ** 40n), 0, 0]),
    ],
    [
      "an array with elements missing",
      "1 elements of an array that has 2",
      define(FIRST, { array: INT, size: 2 }),
      value(FIRST, list(int(1))),
    ],
    [
      "a type defined twice",
      "type 64 is defined again",
      define(FIRST, { slice: INT }),
      define(FIRST, { slice: UINT }),
    ],
    ["a type that all streams know", "type 6 is defined again", define(STRING, { slice: INT })],
    [
      "a definition of nothing",
      "a type definition that defines nothing",
      message(int(-FIRST), [0]),
    ],
    [
      "a definition with something behind it",
      "2 bytes left over in a message",
      message(int(-FIRST), struct([1, struct()]), [1, 2]),
    ],
    [
      "a slice of what is not defined",
      "type 99 is not defined",
      define(FIRST, { slice: 99 }),
      value(FIRST, list([1])),
    ],
  ])("%s", (_, reason, ...parts) => {
    expect(errorOf(stream(...parts))).toMatch(/^gob: .* \(at byte \d+\)$/);
    expect(errorOf(stream(...parts)).replace(/ \(at byte \d+\)$/, "")).toBe(`gob: ${reason}`);
  });

  it("says what it found instead of what was expected", () => {
    const string = () => stream(define(FIRST, { slice: INT }, "numbers"), value(FIRST, list()));
    const readAs =
      (read: (decoder: GobDecoder, type: number) => unknown) => (bytes: Uint8Array) => {
        const decoder = new GobDecoder(bytes);
        read(decoder, decoder.next() ?? NaN);
      };
    const found = 'found slice "numbers"';
    expect(errorOf(string(), readAs((d, t) => d.bytes(t)))).toContain(`expected string, ${found}`);
    expect(errorOf(string(), readAs((d, t) => d.int(t)))).toContain(`expected int, ${found}`);
    expect(errorOf(string(), readAs((d, t) => d.uint(t)))).toContain(`expected uint, ${found}`);
    expect(errorOf(string(), readAs((d, t) => d.float(t)))).toContain(`expected float, ${found}`);
    expect(errorOf(string(), readAs((d, t) => d.bool(t)))).toContain(`expected bool, ${found}`);
    expect(errorOf(string(), readAs((d, t) => d.map(t, () => {})))).toContain("expected map");
    expect(errorOf(string(), readAs((d, t) => d.struct(t, () => {})))).toContain("expected struct");
    expect(errorOf(stream(value(INT, [1])), readAs((d, t) => d.list(t, () => {}))))
      .toContain('expected slice, found int "int"');
  });

  it("shows no more than the beginning of a long name", () => {
    const long = stream(
      define(FIRST, { struct: {} }, "x".repeat(10_000)),
      value(FIRST, struct([0, int(1)]), true),
    );
    expect(errorOf(long).length).toBeLessThan(200);
  });

  it("goes no deeper than a hundred, reading or skipping", () => {
    const nested = (depth: number) => {
      const begins = Array.from({ length: depth - 1 }, () => 1);
      const inner = [...begins, ...begins.map(() => 0), 0];
      return stream(define(FIRST, { struct: { Inner: FIRST } }), value(FIRST, inner, true));
    };
    const skipAll = (bytes: Uint8Array) => {
      const decoder = new GobDecoder(bytes);
      decoder.skip(decoder.next() ?? NaN);
    };
    expect(readAll(nested(100))).toHaveLength(1);
    skipAll(nested(100));
    expect(errorOf(nested(101))).toContain("values are nested too deeply");
    expect(errorOf(nested(101), skipAll)).toContain("values are nested too deeply");
    expect(errorOf(nested(50_000), skipAll)).toContain("values are nested too deeply");
  });
});

describe("nextDefinition", () => {
  it("reads one message when it is a definition", () => {
    const types = [define(FIRST, { slice: INT }, "first"), define(FIRST + 1, { slice: INT }, "x")];
    expect(new GobDecoder(stream(...types)).nextDefinition())
      .toEqual({ kind: "slice", name: "first", elem: INT });
    expect(new GobDecoder(stream(value(INT, [1]))).nextDefinition()).toBeUndefined();
    expect(new GobDecoder(stream()).nextDefinition()).toBeUndefined();
  });
});

/** A type, how a value of it is written and what it is to be read as. */
interface Sample {
  readonly define: (next: () => number) => { type: number; definitions: readonly Bytes[] };
  readonly encoded: Bytes;
  readonly expected: unknown;
  readonly isStruct?: boolean;
}

const known = (type: number) => () => ({ type, definitions: [] });
const bigUint = fc.oneof(fc.nat(300).map(BigInt), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const bigInt = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const octets = fc.uint8Array({ maxLength: 200 }).map((array) => [...array]);

const leaf: fc.Arbitrary<Sample> = fc.oneof(
  bigInt.map((n) => ({ define: known(INT), encoded: int(n), expected: n })),
  bigUint.map((n) => ({ define: known(UINT), encoded: uint(n), expected: n })),
  fc.double().map((x) => ({ define: known(FLOAT), encoded: float(x), expected: x })),
  fc.boolean().map((b) => ({ define: known(BOOL), encoded: [b ? 1 : 0], expected: b })),
  octets.map((o) => ({ define: known(STRING), encoded: bytes(o), expected: o })),
  octets.map((o) => ({ define: known(BYTES), encoded: bytes(o), expected: o })),
  fc.constant({
    define: known(COMPLEX),
    encoded: [...float(1), ...float(-2.5)],
    expected: "skipped",
  }),
  octets.map((o) => ({
    define: defining(() => ({ encoded: "BinaryMarshaler" })),
    encoded: bytes(o),
    expected: o,
  })),
);

/** Definitions of a type that refers to others. */
function defining(
  definition: (inner: readonly number[]) => Definition,
  ...parts: readonly Sample[]
): Sample["define"] {
  return (next) => {
    const inner = parts.map((part) => part.define(next));
    const type = next();
    const own = define(type, definition(inner.map((one) => one.type)), `type ${type}`);
    // A type may be defined before those that it is made of, as Go does it.
    return { type, definitions: [own, ...inner.flatMap((one) => one.definitions)] };
  };
}

const sample = fc.letrec<{ any: Sample }>((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    leaf,
    fc.tuple(tie("any"), fc.nat(3)).map(([elem, count]): Sample => ({
      define: defining(([type = 0]) => ({ slice: type }), elem),
      encoded: list(...Array.from({ length: count }, () => elem.encoded)),
      expected: Array.from({ length: count }, () => elem.expected),
    })),
    fc.tuple(tie("any"), fc.nat(3)).map(([elem, size]): Sample => ({
      define: defining(([type = 0]) => ({ array: type, size }), elem),
      encoded: list(...Array.from({ length: size }, () => elem.encoded)),
      expected: Array.from({ length: size }, () => elem.expected),
    })),
    fc.tuple(leaf, tie("any"), fc.nat(3)).map(([key, elem, count]): Sample => ({
      define: defining(([k = 0, e = 0]) => ({ map: [k, e] }), key, elem),
      encoded: map(
        ...Array.from({ length: count }, (): [Bytes, Bytes] => [key.encoded, elem.encoded]),
      ),
      expected: Array.from({ length: count }, () => [key.expected, elem.expected]),
    })),
    fc.array(fc.tuple(tie("any"), fc.boolean()), { maxLength: 4 }).map((parts): Sample => ({
      define: defining(
        (types) => ({ struct: Object.fromEntries(types.map((type, i) => [`F${i}`, type])) }),
        ...parts.map(([part]) => part),
      ),
      encoded: struct(
        ...parts.flatMap(([part, there], i): [number, Bytes][] => there ? [[i, part.encoded]] : []),
      ),
      expected: Object.fromEntries(
        parts.flatMap(([part, there], i) => there ? [[`F${i}`, part.expected]] : []),
      ),
      isStruct: true,
    })),
  ),
})).any;

describe("whatever was written", () => {
  function encode({ define, encoded, isStruct }: Sample): Uint8Array {
    let last = FIRST - 1;
    const { type, definitions } = define(() => ++last);
    return stream(...definitions, value(type, encoded, isStruct), value(STRING, bytes("end")));
  }

  it("is read", () => {
    fc.assert(fc.property(sample, (one) => {
      expect(readAll(encode(one))).toEqual([one.expected, text("end")]);
    }));
  });

  it("is skipped to its end", () => {
    fc.assert(fc.property(sample, (one) => {
      const decoder = new GobDecoder(encode(one));
      decoder.skip(decoder.next() ?? NaN);
      decoder.finish();
      expect(decoder.bytes(decoder.next() ?? NaN)).toEqual(Uint8Array.from(text("end")));
    }));
  });
});

it("refuses interface values wherever they are", () => {
  const held = stream(define(FIRST, { slice: INTERFACE }), value(FIRST, list(bytes("int"))));
  expect(errorOf(held)).toContain("interface values cannot be read");
});
