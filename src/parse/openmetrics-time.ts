/**
 * Points in time as OpenMetrics writes them, seconds with a fraction. They are read digit by digit: a float64 cannot hold the
 * nanoseconds of today.
 */

/** A point in time as client_model has it. */
export interface Time {
  /** Whole seconds since the Unix epoch, rounded down. */
  readonly seconds: number;
  /** Nanoseconds after them, 0 to 999999999. */
  readonly nanos: number;
}

const PLAIN = /^([+-]?)([0-9]*)(?:\.([0-9]*))?$/;
const REAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
/** What google.protobuf.Timestamp can say: the years 1 to 9999. */
const MIN_SECONDS = -62135596800;
const END_SECONDS = 253402300800;
const NANOS = 1e9;
const NANO_DIGITS = 9;

/** Whether a text is a timestamp at all: a number, but neither infinite nor NaN. */
export function isRealNumber(text: string): boolean {
  return REAL.test(text) && Number.isFinite(Number(text));
}

/**
 * Reads a point in time; digits beyond nanoseconds are cut off.
 *
 * @returns `undefined` when `text` is not one between the years 1 and 9999.
 */
export function parseTime(text: string): Time | undefined {
  const value = Number(text);
  if (!isRealNumber(text) || Math.abs(value) > 2 * END_SECONDS) return undefined;
  const [, sign, whole = "", fraction = ""] = PLAIN.exec(text) ?? PLAIN.exec(toPlain(value)) ?? [];
  const nanos = Number(fraction.slice(0, NANO_DIGITS).padEnd(NANO_DIGITS, "0"));
  const time = createTime(sign === "-", Number(whole), nanos);
  return time.seconds >= MIN_SECONDS && time.seconds < END_SECONDS ? time : undefined;
}

function createTime(isNegative: boolean, seconds: number, nanos: number): Time {
  if (!isNegative) return { seconds, nanos };
  return nanos === 0
    ? { seconds: 0 - seconds, nanos }
    : { seconds: -seconds - 1, nanos: NANOS - nanos };
}

/** A number in exponent form without the exponent: JavaScript prints numbers of this size with their shortest digits. */
function toPlain(value: number): string {
  return Math.abs(value) < 1e-6 ? value.toFixed(NANO_DIGITS) : String(value);
}
