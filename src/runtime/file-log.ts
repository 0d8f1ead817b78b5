/**
 * The write-ahead log that SQLite keeps beside a database, read without SQLite (format: https://sqlite.org/fileformat2.html#walformat).
 *
 * SQLite takes a log up to the first frame whose checksum is wrong for all that was ever written, since that is what a crash leaves.
 * But damage looks the same, and everything behind it, which was acknowledged, would be gone without a word. So it is told apart
 * here: a crash tears only the last transaction. And a log that is damaged, or has lost its database, can be laid over what there is:
 * what a damaged page spoils is found out row by row.
 */

/** One page as it stands in a log. */
interface Frame {
  /** Number of the page, from 1. */
  readonly page: number;
  /** Whether a transaction ends with it. */
  readonly isCommit: boolean;
  /** Where the bytes of the page begin. */
  readonly at: number;
  /** Whether its checksum is right. */
  readonly isSound: boolean;
}

/** What is in a log. */
export interface DatabaseLog {
  /** Bytes of a page. */
  readonly pageSize: number;
  /** What is wrong with it, if it is more than a crash leaves. */
  readonly damage: string | undefined;
  /** Whether its last transaction is not complete, which is what a crash leaves of one that was never acknowledged. */
  readonly isTorn: boolean;
  /** Gives the pages of all complete transactions, in order; also those that may be damaged. */
  replay(onPage: (number: number, page: Uint8Array) => void): void;
}

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** Magic numbers; the last bit says in which order the bytes are for the checksums. */
const MAGIC = 0x377f0682;

/**
 * Reads a log.
 *
 * @param pageSize of the database, in case the header of the log is damaged.
 * @returns `undefined` when there is nothing in it.
 */
export function readLog(bytes: Uint8Array, pageSize: number): DatabaseLog | undefined {
  if (bytes.length < HEADER_BYTES + FRAME_HEADER_BYTES) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const littleEndian = (view.getUint32(0) & 1) === 0;
  const expected = sum(view, 0, 24, [0, 0], littleEndian);
  const isHeaderSound = (view.getUint32(0) & ~1) >>> 0 === MAGIC && isStored(view, 24, expected);
  const size = isHeaderSound ? view.getUint32(8) : pageSize;
  // All frames carry the salts of the header. What stands behind them is left from an earlier run through the file.
  const salts = isHeaderSound ? 16 : HEADER_BYTES + 8;
  const frames = readFrames(view, size, [view.getUint32(salts), view.getUint32(salts + 4)]);
  const last = frames.findLastIndex(({ isCommit }) => isCommit);
  return {
    pageSize: size,
    damage: isHeaderSound || last < 0 ? findDamage(frames) : "the header of its log is damaged",
    isTorn: frames.some(({ isSound }, i) => !isSound && i <= last),
    replay: (onPage) => {
      for (const { page, at } of frames.slice(0, last + 1)) {
        onPage(page, bytes.subarray(at, at + size));
      }
    },
  };
}

function readFrames(
  view: DataView,
  pageSize: number,
  [salt1, salt2]: readonly [number, number],
): Frame[] {
  const littleEndian = (view.getUint32(0) & 1) === 0;
  const frames: Frame[] = [];
  const step = FRAME_HEADER_BYTES + pageSize;
  let before = readPair(view, 24);
  let length = 0;
  for (let at = HEADER_BYTES; at + step <= view.byteLength; at += step) {
    const matches = Number(view.getUint32(at + 8) === salt1) +
      Number(view.getUint32(at + 12) === salt2);
    if (matches === 0) break;
    const head = sum(view, at, 8, before, littleEndian);
    const expected = sum(view, at + FRAME_HEADER_BYTES, pageSize, head, littleEndian);
    frames.push({
      page: view.getUint32(at),
      isCommit: view.getUint32(at + 4) !== 0,
      at: at + FRAME_HEADER_BYTES,
      isSound: matches === 2 && isStored(view, at + 16, expected),
    });
    if (matches === 2) length = frames.length;
    // What is stored, not what should be: one damaged frame says nothing about those behind it.
    before = readPair(view, at + 16);
  }
  return frames.slice(0, length);
}

/** A transaction is begun when the one before it is complete: damage that is followed by another one did not come from a crash. */
function findDamage(frames: readonly Frame[]): string | undefined {
  const damaged = frames.findIndex(({ isSound }) => !isSound);
  if (damaged < 0) return undefined;
  const end = frames.findIndex(({ isCommit }, i) => isCommit && i >= damaged);
  if (end < 0 || end === frames.length - 1) return undefined;
  return `frame ${damaged + 1} of ${frames.length} in its log is damaged`;
}

type Pair = readonly [number, number];

function readPair(view: DataView, at: number): Pair {
  return [view.getUint32(at), view.getUint32(at + 4)];
}

function isStored(view: DataView, at: number, [first, second]: Pair): boolean {
  return view.getUint32(at) === first && view.getUint32(at + 4) === second;
}

/** The checksum of `length` bytes, continuing `before`. */
function sum(
  view: DataView,
  at: number,
  length: number,
  [first, second]: Pair,
  littleEndian: boolean,
): Pair {
  let a = first;
  let b = second;
  for (let i = at; i < at + length; i += 8) {
    a = (a + view.getUint32(i, littleEndian) + b) >>> 0;
    b = (b + view.getUint32(i + 4, littleEndian) + a) >>> 0;
  }
  return [a, b];
}
