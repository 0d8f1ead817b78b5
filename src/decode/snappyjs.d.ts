/** What is used of snappyjs 0.7, which brings no types. */
declare module "snappyjs" {
  /**
   * Undoes one raw block.
   *
   * @param maxLength the size in bytes that the block must not claim to have.
   * @throws Error for input that it finds to be corrupt.
   */
  export function uncompress(compressed: Uint8Array, maxLength?: number): Uint8Array;
  /** Makes a raw block. Only tests do. */
  export function compress(uncompressed: Uint8Array): Uint8Array;
}
