/**
 * CRC-32C, the checksum of a framed snappy stream, and of what is stored where nothing else would notice damage.
 *
 * Spec: RFC 3720 §12.1 (the polynomial of Castagnoli).
 */

/** The polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

/** The remainder of each byte. */
const TABLE: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc >>> 1 ^ (crc & 1 ? POLYNOMIAL : 0);
  return crc;
});

/**
 * Returns the checksum of bytes, as an unsigned number of 32 bits.
 *
 * @param before the checksum of what comes before them, so that a text in pieces need not be joined.
 */
export function crc32c(bytes: Uint8Array, before = 0): number {
  let crc = ~before;
  for (let i = 0; i < bytes.length; i++) {
    crc = crc >>> 8 ^ (TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number);
  }
  return ~crc >>> 0;
}
