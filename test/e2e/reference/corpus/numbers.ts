/**
 * Numbers, in every place where one stands: how they are read and, to the digit, how they are printed. Each goes through both servers
 * as a value, as a bound, as a quantile and as a count.
 */

import { type Scenario, send } from "../scenario.ts";

const READ: readonly string[] = [
  ...["0", "-0", "+0", "00", "0.0", "-0.0", "0e5", "0e-400", "1", "+1", "-1", "01", "1.", ".5"],
  ...["-.5", "+.5", "1.0", "1.50", "007.500", "1e0", "1E0", "1e+0", "1e-0", "1e00005", "1.e5"],
  ...[".5e1", "12345", "99999", "100000", "100001", "123456", "999999", "999999.5", "1000000"],
  ...["1000001", "1234567", "12345678", "123456789", "123456789.123", "10000000", "1e5", "1e6"],
  ...["1e7", "1e20", "1e21", "1e22", "1e100", "1.5e300", "0.1", "0.01", "0.001", "0.0001"],
  ...["0.00011", "0.00001", "0.000012", "0.000001", "0.0000001", "1e-4", "1e-5", "1e-6", "1e-7"],
  ...["1.5e-7", "1e-9", "1e-10", "1e-100", "123.456", "0.1e-3", "0.30000000000000004", "0.3"],
  ...[
    "3.141592653589793",
    "3.14159265358979311600",
    "2.718281828459045",
    "1.1",
    "1.7976931348623157e308",
  ],
  ...[
    "1.7976931348623158e308",
    "4.9e-324",
    "5e-324",
    "2.2250738585072014e-308",
    "1e-323",
    "2e-324",
  ],
  ...["1e-400", "9007199254740991", "9007199254740992", "9007199254740993", "9007199254740994"],
  ...["18446744073709551615", "18446744073709551616", "4503599627370496.5", "1395066363000"],
  ...["1395066363.123", "1.395066363e+09", "1.7e+09", "0.000000000000000000001", "1e23", "8.41e21"],
  ...["NaN", "nan", "NAN", "nAn", "Inf", "inf", "+Inf", "-Inf", "+inf", "-inf", "INF", "Infinity"],
  ...[
    "+Infinity",
    "-infinity",
    "INFINITY",
    "123456789012345678901234567890",
    "0.1000000000000000055",
  ],
  `1${"0".repeat(308)}`,
  `0.${"0".repeat(320)}1`,
  `1.${"0".repeat(1000)}1`,
  `${"0".repeat(1000)}5`,
];

const REFUSED: readonly string[] = [
  ...["", "-", "+", ".", "e", "e5", "-e5", ".e5", "1e", "1e+", "1e-", "1e5.5", "1.2.3", "1..2"],
  ...[
    "--1",
    "+-1",
    "1-",
    "1+",
    "1,5",
    "1 000",
    "1_000",
    "1_0",
    "_1",
    "1_",
    "0x10",
    "0X1p4",
    "0x1p-2",
  ],
  ...[
    "0b1",
    "0o7",
    "0x",
    "1f",
    "1d",
    "1n",
    "1e400",
    "-1e400",
    "1e309",
    "1.8e308",
    "1.7976931348623159e308",
  ],
  ...[
    "+NaN",
    "-NaN",
    "NaN1",
    "na",
    "nan(1)",
    "in",
    "Infinit",
    "Infinity1",
    "+-Inf",
    "infinit",
    "Inf.",
  ],
  ...[
    "x",
    "true",
    "null",
    "undefined",
    "١",
    "1\u00a0",
    "½",
    "∞",
    "1%",
    "$1",
    "1;",
    '"1"',
    "(1)",
    "1L",
  ],
  `1${"0".repeat(309)}`,
];

/** All of them. */
export const numbers: readonly Scenario[] = [...READ, ...REFUSED].map((number) => ({
  name: `number ${number.length > 60 ? `${number.slice(0, 20)}… (${number.length})` : number}`,
  requests: [
    send("PUT /metrics/job/value", `v ${number}\nw{x="y"} ${number}\n`),
    send("PUT /metrics/job/gauge", `# TYPE g gauge\ng ${number}\n# TYPE c counter\nc ${number}\n`),
    send("PUT /metrics/job/le", `# TYPE h histogram\nh_bucket{le="${number}"} 1\nh_count 1\n`),
    send("PUT /metrics/job/quantile", `# TYPE s summary\ns{quantile="${number}"} ${number}\n`),
    send(
      "PUT /metrics/job/sums",
      `# TYPE t summary\nt_sum ${number}\n# TYPE u histogram\nu_sum ${number}\n`,
    ),
    send("PUT /metrics/job/label", `l{a="${number.replaceAll('"', "'")}"} 1\n`),
  ],
}));
