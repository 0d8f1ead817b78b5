/**
 * Go's `time.Time` as it marshals itself: a version, the seconds since the year 1 as eight bytes, the nanoseconds as four, and the
 * minutes (in version 2 also the seconds) of the zone in which the time is to be shown, which say nothing about the instant.
 *
 * Spec: https://pkg.go.dev/time#Time.MarshalBinary
 */

const LENGTHS: Readonly<Record<number, number>> = { 1: 15, 2: 16 };
/** From the beginning of the year 1 to that of 1970, both in UTC. */
const EPOCH_SECONDS = 62_135_596_800n;
/** What a Date can hold, in seconds to either side of 1970. */
const MAX_SECONDS = 8_640_000_000_000n;
const NANOS_PER_SECOND = 1_000_000_000;

/**
 * Decodes a time.
 *
 * @returns milliseconds since the Unix epoch, with a fraction; 0 for Go's zero time, which stands for none. `undefined` when the
 * bytes are no time, or one beyond what a Date can hold.
 */
export function decodeGoTime(bytes: Uint8Array): number | undefined {
  if (bytes.length !== LENGTHS[bytes[0] ?? 0]) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sinceYearOne = view.getBigInt64(1);
  const nanos = view.getUint32(9);
  if (sinceYearOne === 0n && nanos === 0) return 0;
  const seconds = sinceYearOne - EPOCH_SECONDS;
  if (nanos >= NANOS_PER_SECOND || seconds < -MAX_SECONDS || seconds >= MAX_SECONDS) {
    return undefined;
  }
  return Number(seconds) * 1000 + nanos / 1e6;
}
