/**
 * Reads the rows of a SQLite table page by page, without SQLite, which gives up at the first page that is damaged (format:
 * https://sqlite.org/fileformat2.html#b_tree_pages). An ordinary table has its rows in the leaves of its tree, one WITHOUT ROWID in all
 * pages, as an index has its entries. Pages that are not in use any more are not read: they hold rows that were deleted.
 */

/** Gives a page by its number, from 1; `undefined` when it is not there. */
export type ReadPage = (page: number) => Uint8Array | undefined;

/** A column of a row. */
export type Column = string | bigint | number | Uint8Array | null;

/** What to do with what is found. */
export interface TreeVisitor {
  /** A row that could be decoded; whether it is as it was written, a checksum must tell. */
  onRow(columns: readonly Column[]): void;
  /** A page, or a part of one, that cannot be read. */
  onUnreadable(page: number): void;
}

/** A kind of page, by its first byte. */
interface PageKind {
  /** Whether it leads to others. */
  readonly isInterior: boolean;
  /** Whether its cells are numbered rows, or the way to them. */
  readonly isNumbered: boolean;
}

const KINDS: ReadonlyMap<number | undefined, PageKind> = new Map([
  [0x02, { isInterior: true, isNumbered: false }],
  [0x05, { isInterior: true, isNumbered: true }],
  [0x0a, { isInterior: false, isNumbered: false }],
  [0x0d, { isInterior: false, isNumbered: true }],
]);
const SCHEMA_LEAF = 0x0d;
/** Where the first page begins to be like any other. */
const FILE_HEADER_BYTES = 100;

/**
 * Visits all rows of the table whose root is a page, whatever hangs on it.
 *
 * @param seen the pages that need no visit; those that get one are added.
 */
export function walkTable(
  read: ReadPage,
  root: number,
  visitor: TreeVisitor,
  seen: Set<number> = new Set(),
): void {
  const waiting = [root];
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (seen.has(number)) continue;
    seen.add(number);
    const page = read(number);
    const kind = KINDS.get(page?.[0]);
    if (page === undefined || kind === undefined) {
      visitor.onUnreadable(number);
      continue;
    }
    visitPage(read, page, kind, (child) => waiting.push(child), {
      onRow: visitor.onRow,
      onUnreadable: () => visitor.onUnreadable(number),
    });
  }
}

function visitPage(
  read: ReadPage,
  page: Uint8Array,
  kind: PageKind,
  onChild: (page: number) => void,
  { onRow, onUnreadable }: { onRow: TreeVisitor["onRow"]; onUnreadable: () => void },
): void {
  const view = viewOf(page);
  const { isInterior, isNumbered } = kind;
  const headerBytes = isInterior ? 12 : 8;
  if (isInterior) onChild(view.getUint32(8));
  const cells = Math.min(view.getUint16(3), (page.length - headerBytes) >> 1);
  for (let i = 0; i < cells; i++) {
    try {
      const at = view.getUint16(headerBytes + 2 * i);
      if (isInterior) onChild(view.getUint32(at));
      if (isInterior && isNumbered) continue;
      onRow(decodeRow(readPayload(read, page, isInterior ? at + 4 : at, isNumbered)));
    } catch {
      // An offset that leads out of the page, or a row that makes no sense.
      onUnreadable();
    }
  }
}

/** The root page of a table, as far as the schema in the first page can be read. */
export function findRoot(first: Uint8Array, table: string): number | undefined {
  const view = viewOf(first);
  if (first[FILE_HEADER_BYTES] !== SCHEMA_LEAF) return undefined;
  for (let i = 0; i < view.getUint16(FILE_HEADER_BYTES + 3); i++) {
    try {
      const [, start] = readVarint(first, view.getUint16(FILE_HEADER_BYTES + 8 + 2 * i));
      const [, name, , root] = decodeRow(first.subarray(readVarint(first, start)[1]));
      if (name === table && typeof root === "bigint") return Number(root);
    } catch {
      // The next one may be better.
    }
  }
  return undefined;
}

/** Whether a page may be one of an ordinary table. */
export function isRowPage(page: Uint8Array | undefined): boolean {
  return KINDS.get(page?.[0])?.isNumbered ?? false;
}

/** Whether a page may be one of any table or index. */
export function isTreePage(page: Uint8Array): boolean {
  return KINDS.has(page[0]);
}

/** The pages that are not in use; `undefined` when the list of them cannot be read to its end. */
export function readFreePages(read: ReadPage): Set<number> | undefined {
  const first = read(1);
  if (first === undefined) return undefined;
  const free = new Set<number>();
  let trunk = viewOf(first).getUint32(32);
  while (trunk !== 0) {
    const page = read(trunk);
    if (page === undefined || free.has(trunk)) return undefined;
    free.add(trunk);
    const view = viewOf(page);
    const count = view.getUint32(4);
    if (count > page.length / 4 - 2) return undefined;
    for (let i = 0; i < count; i++) free.add(view.getUint32(8 + 4 * i));
    trunk = view.getUint32(0);
  }
  return free.size === viewOf(first).getUint32(36) ? free : undefined;
}

/** The bytes of a row, from its cell and the pages on which they go on. A number stands before those of a row that has one. */
function readPayload(
  read: ReadPage,
  page: Uint8Array,
  at: number,
  isNumbered: boolean,
): Uint8Array {
  const [length, behind] = readVarint(page, at);
  const start = isNumbered ? skipVarint(page, behind) : behind;
  const usable = page.length;
  const most = isNumbered ? usable - 35 : Math.floor(((usable - 12) * 64) / 255) - 23;
  if (length <= most) return slice(page, start, length);
  const least = Math.floor(((usable - 12) * 32) / 255) - 23;
  const rest = least + ((length - least) % (usable - 4));
  const local = rest <= most ? rest : least;
  const pieces = [slice(page, start, local)];
  let next = viewOf(page).getUint32(start + local);
  let missing = length - local;
  // Each page takes something off, so that pages in a circle come to an end.
  while (missing > 0) {
    const more = read(next);
    if (more === undefined) throw new RangeError("a row goes on where no page is");
    pieces.push(slice(more, 4, Math.min(missing, usable - 4)));
    missing -= usable - 4;
    next = viewOf(more).getUint32(0);
  }
  return join(pieces, length);
}

function join(pieces: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Lengths of the values by their type; longer types are texts and blobs. */
const LENGTHS = [0, 1, 2, 3, 4, 6, 8, 8, 0, 0] as const;

function decodeRow(bytes: Uint8Array): Column[] {
  const [headerBytes, first] = readVarint(bytes, 0);
  const columns: Column[] = [];
  let at = headerBytes;
  for (let i = first; i < headerBytes;) {
    const [type, next] = readVarint(bytes, i);
    const length = LENGTHS[type] ?? Math.floor((type - 12) / 2);
    columns.push(decodeColumn(type, slice(bytes, at, length)));
    at += length;
    i = next;
  }
  return columns;
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeColumn(type: number, bytes: Uint8Array): Column {
  if (type === 0) return null;
  if (type === 7) return viewOf(bytes).getFloat64(0);
  if (type === 8) return 0n;
  if (type === 9) return 1n;
  if (type >= 12) return type % 2 === 1 ? utf8.decode(bytes) : bytes;
  const value = bytes.reduce((all, byte) => (all << 8n) | BigInt(byte), 0n);
  return BigInt.asIntN(8 * bytes.length, value);
}

function slice(bytes: Uint8Array, at: number, length: number): Uint8Array {
  if (length < 0 || at + length > bytes.length) throw new RangeError("a value ends too late");
  return bytes.subarray(at, at + length);
}

/** A number of up to nine bytes, and where it ends. Lengths beyond what can be are as wrong as any. */
function readVarint(bytes: Uint8Array, start: number): readonly [value: number, end: number] {
  let value = 0;
  for (let at = start; at < start + 8; at++) {
    const byte = bytes[at];
    if (byte === undefined) throw new RangeError("a number ends too late");
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + 1];
  }
  throw new RangeError("a number that large is none");
}

/** Where a number ends that may be of any size. */
function skipVarint(bytes: Uint8Array, start: number): number {
  let at = start;
  while (at < start + 8 && (bytes[at] ?? 0) >= 0x80) at++;
  return at + 1;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
