/**
 * Numbers as Go reads and prints them. Prometheus compares `le` and `quantile` as text, so the digits are part of a series'
 * identity: `1e+06` and `1000000` are two different series.
 *
 * Spec: strconv.FormatFloat(f, 'g', -1, 64) and strconv.ParseFloat as prometheus/common/expfmt calls them.
 */

// No two parts of it can match the same digits, or a long number with a letter behind it would take hours to refuse.
const DECIMAL = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const INFINITY = /^[+-]?inf(?:inity)?$/i;
const NAN = /^nan$/i;

/**
 * Prints a number the way the text format does: the shortest digits that read back as the same number, in exponent form exactly
 * when the decimal exponent is below -4 or at least 6, with at least two exponent digits. Zero has no sign.
 */
export function formatFloat(value: number): string {
  const magnitude = Math.abs(value);
  // In this range JavaScript prints the same digits in the same form (its own limits are 1e-6 and 1e21).
  if (magnitude >= 1e-4 && magnitude < 1e6) return String(value);
  if (value === 0) return "0";
  if (magnitude !== magnitude) return "NaN";
  if (magnitude === Infinity) return value > 0 ? "+Inf" : "-Inf";
  return toExponentForm(value);
}

/**
 * Reads a number the way the text format does: decimal with an optional exponent, `inf` and `infinity` with an optional sign,
 * `nan` without one, in any case. Hexadecimal, underscores, blanks and values beyond the range of a float64 are refused.
 *
 * @returns the number, or `undefined` when `text` is not one.
 */
export function parseFloatText(text: string): number | undefined {
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : undefined;
  }
  if (INFINITY.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return NAN.test(text) ? NaN : undefined;
}

const MINUS = 45;
const POINT = 46;
const ZERO = 48;
/** Every integer of as many digits is a float64, and so is every power of ten up to them: their quotient is rounded once, as it must. */
const EXACT_DIGITS = 15;
const POWERS_OF_TEN = Array.from({ length: EXACT_DIGITS + 1 }, (_, exponent) => 10 ** exponent);

/**
 * Reads the number between two indexes of a text as {@link parseFloatText} does. Most numbers are some digits with a point among
 * them, which are read where they stand: with a text of its own for each of five gauges 5 % fewer pushes per second went through.
 */
export function parseFloatWithin(text: string, start: number, end: number): number | undefined {
  const isNegative = text.charCodeAt(start) === MINUS;
  const first = isNegative ? start + 1 : start;
  let digits = 0;
  let point = end;
  for (let at = first; at < end; at++) {
    const digit = text.charCodeAt(at) - ZERO;
    if (digit >= 0 && digit <= 9) digits = digits * 10 + digit;
    else if (digit === POINT - ZERO && point === end) point = at;
    else return parseFloatText(text.slice(start, end));
  }
  const count = end - first - (point < end ? 1 : 0);
  if (count <= 0 || count > EXACT_DIGITS) return parseFloatText(text.slice(start, end));
  const decimals = point < end ? end - point - 1 : 0;
  const value = digits / (POWERS_OF_TEN[decimals] as number);
  return isNegative ? -value : value;
}

/** `1.5e-7` as JavaScript prints it becomes `1.5e-07`. */
function toExponentForm(value: number): string {
  const text = value.toExponential();
  const digitsAt = text.indexOf("e") + 2;
  return text.length - digitsAt < 2 ? `${text.slice(0, digitsAt)}0${text.slice(digitsAt)}` : text;
}
