/**
 * Why a row is as it is: written by hand, printed under the table it belongs to, kept when the table is written anew. A row that
 * misses its target says here what a profile shows as the reason.
 */

/** By the id of the row or case. */
export const NOTES: Readonly<Record<string, string>> = {};
