import { describe, expect, it } from "vitest";
import { parseOpenMetrics } from "../../src/parse/openmetrics.ts";

const encoder = new TextEncoder();

/** The messages that a body comes to, as text in hex; `undefined` where the columns say it all. */
function wiresOf(...lines: readonly string[]): (string | undefined)[] {
  return parseOpenMetrics(encoder.encode([...lines, "# EOF"].join("\n")))
    .flatMap<{ readonly wire?: Uint8Array }>(({ series }) => series)
    .map(({ wire }) => wire && Buffer.from(wire).toString("hex"));
}

/** 1 as a double, little-endian. */
const ONE = "000000000000f03f";
const TWO = "0000000000000040";
const INF = "000000000000f07f";

describe("the message beside a sample", () => {
  it.each([
    [["# TYPE a counter", "a_total 1"]],
    [["# TYPE h histogram", 'h_bucket{le="+Inf"} 1', "h_sum 1", "h_count 1"]],
    [["# TYPE h histogram", 'h_bucket{le="+Inf"} 9007199254740991']],
    [["# TYPE s summary", "s_sum 1", "s_count 1"]],
    [["# TYPE g gauge", "g 1"]],
  ])("is left out where it would say nothing more: %j", (lines) => {
    expect(wiresOf(...lines)).toEqual([undefined]);
  });

  it("of a counter has its value, exemplar and when it was created", () => {
    expect(wiresOf("# TYPE a counter", "a_total 1", "a_created 5.5")).toEqual([
      `09${ONE}1a0808051080cab5ee01`,
    ]);
    expect(wiresOf("# TYPE a counter", 'a_total 1 # {b="c"} 2 5')).toEqual([
      `09${ONE}12170a060a01621201631` + `1${TWO}1a0408051000`,
    ]);
    expect(wiresOf("# TYPE a counter", "a_total 1 # {} 2")).toEqual([`09${ONE}120911${TWO}`]);
  });

  it("of a histogram has all buckets with their exemplars", () => {
    const lines = ['h_bucket{le="1"} 1 # {} 1', 'h_bucket{le="+Inf"} 2', "h_sum 2", "h_count 2"];
    const buckets = `1a16080111${ONE}1a0911${ONE}` + `1a0b080211${INF}`;
    expect(wiresOf("# TYPE h histogram", ...lines)).toEqual([`080211${TWO}${buckets}`]);
    expect(wiresOf("# TYPE h histogram", ...lines, "h_created 1")).toEqual([
      `080211${TWO}${buckets}7a0408011000`,
    ]);
  });

  it("of a histogram has counts that a float64 cannot hold", () => {
    const huge = ['h_bucket{le="+Inf"} 18446744073709551615', "h_count 18446744073709551615.0"];
    const max = "ffffffffffffffffff01";
    expect(wiresOf("# TYPE h histogram", ...huge)).toEqual([
      `08${max}110000000000000000` + `1a1408${max}11${INF}`,
    ]);
  });

  it("of a summary has its quantiles and when it was created", () => {
    const lines = ['s{quantile="1"} 2', "s_sum 1", "s_count 1", "s_created 1"];
    expect(wiresOf("# TYPE s summary", ...lines)).toEqual([
      `080111${ONE}1a1209${ONE}11${TWO}220408011000`,
    ]);
  });

  it("belongs to its own series only", () => {
    const lines = ["a_total 1", 'a_total{b="c"} 1', 'a_created{b="c"} 1', 'a_total{b="d"} 1'];
    expect(wiresOf("# TYPE a counter", ...lines)).toEqual([
      undefined,
      `09${ONE}1a0408011000`,
      undefined,
    ]);
  });
});
