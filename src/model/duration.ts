/**
 * Durations as text, in and out. In: Go's form (`1h30m`, `300ms`, `1.5h`, `0`) together with Prometheus's longer units (`1d`,
 * `1w`, `1y`), as the reference's flags take them. Out: as Go prints a `time.Duration`, because the status API shows `5m0s`.
 * Sums are made in whole nanoseconds, so that `0.1s` is exact; the range is Go's, a signed 64-bit count of them (292 years).
 * Spec: https://pkg.go.dev/time#ParseDuration and https://pkg.go.dev/time#Duration.String
 */

const MICROSECOND = 1_000n;
const MILLISECOND = 1_000_000n;
const SECOND = 1_000_000_000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;
const LONGEST = 2n ** 63n - 1n;

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", MICROSECOND],
  ["\u00b5s", MICROSECOND], // micro sign
  ["\u03bcs", MICROSECOND], // Greek mu
  ["ms", MILLISECOND],
  ["s", SECOND],
  ["m", MINUTE],
  ["h", HOUR],
  ["d", DAY],
  ["w", 7n * DAY],
  ["y", 365n * DAY],
]);

const DURATION = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:[nu\u00b5\u03bcm]s|[smhdwy]))+$/;
const TERM = /(\d*)\.?(\d*)([^\d.]+)/g;

/**
 * Reads a duration without sign or blanks.
 *
 * @returns milliseconds (with a fraction where the text has one), or undefined when `text` is not a duration or is too long
 */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!DURATION.test(text)) return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of text.matchAll(TERM)) {
    const size = UNITS.get(unit) ?? 0n;
    total += BigInt(whole) * size + (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
  }
  return total > LONGEST ? undefined : toMilliseconds(total);
}

/** Prints `milliseconds` (finite, not negative; rounded to nanoseconds) as Go does: `5m0s`, `1.5s`, `300ms`, `26h0m0s`, `0s`. */
export function formatDuration(milliseconds: number): string {
  const total = toNanoseconds(milliseconds);
  if (total === 0n) return "0s";
  if (total < MICROSECOND) return `${total}ns`;
  if (total < MILLISECOND) return `${decimal(total, 3)}\u00b5s`;
  if (total < SECOND) return `${decimal(total, 6)}ms`;
  const seconds = `${decimal(total % MINUTE, 9)}s`;
  if (total < MINUTE) return seconds;
  const minutes = `${(total / MINUTE) % 60n}m${seconds}`;
  return total < HOUR ? minutes : `${total / HOUR}h${minutes}`;
}

// Whole milliseconds and the rest are converted apart: together they pass what a double holds after 104 days.
function toMilliseconds(nanoseconds: bigint): number {
  return Number(nanoseconds / MILLISECOND) + Number(nanoseconds % MILLISECOND) / 1e6;
}

function toNanoseconds(milliseconds: number): bigint {
  const whole = Math.trunc(milliseconds);
  return BigInt(whole) * MILLISECOND + BigInt(Math.round((milliseconds - whole) * 1e6));
}

/** Prints `value / 10^digits` without trailing zeros. */
function decimal(value: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits);
  const fraction = String(value % unit).padStart(digits, "0").replace(/0+$/, "");
  return fraction === "" ? String(value / unit) : `${value / unit}.${fraction}`;
}
