/**
 * SHA-256 of secrets, so that they can be compared and remembered without being kept.
 */

const encoder = new TextEncoder();

/** The SHA-256 of a text's UTF-8, in lower-case hexadecimal. */
export async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", encoder.encode(text));
  let hex = "";
  for (const byte of new Uint8Array(digest)) hex += byte.toString(16).padStart(2, "0");
  return hex;
}

/**
 * Whether two digests are the same, looking at every character whatever those before it are. What a client could learn from the
 * time that takes would be about a digest, not about what it was made of.
 */
export function isSameDigest(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
}
