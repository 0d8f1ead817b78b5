/**
 * CRC-32C, the checksum of a framed snappy stream.
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

/** Returns the checksum of bytes, as an unsigned number of 32 bits. */
export function crc32c(bytes: Uint8Array): number {
  let crc = ~0;
  for (let i = 0; i < bytes.length; i++) {
    crc = crc >>> 8 ^ (TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number);
  }
  return ~crc >>> 0;
}
