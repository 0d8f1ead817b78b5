/**
 * Characters for texts that fast-check makes up. Its own unit "binary" has all of Unicode too, but takes half a second to set up
 * in every file, and little of what it makes is ASCII.
 */

import fc from "fast-check";

/** Any character of Unicode, the shorter its UTF-8 the more often. */
export const anyChar: fc.Arbitrary<string> = fc.oneof(
  fc.nat(0x7f),
  fc.nat(0x7ff),
  fc.nat(0xffff),
  fc.nat(0x10ffff),
).map((code) => String.fromCodePoint(code >= 0xd800 && code < 0xe000 ? code - 0xd800 : code));
