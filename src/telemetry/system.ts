/**
 * What the gateway's own metrics ask of the machine. `runtime/` provides it where there is a file system; elsewhere (Workers) there
 * is none, and the families that need it are left out.
 */

/** Reads figures about this process. Nothing here throws: what cannot be told is undefined. */
export interface SystemReader {
  /** The content of a text file, such as `/proc/self/stat`; undefined where it is missing or may not be read. */
  readText(path: string): string | undefined;
  /** The number of entries of a directory, such as `/proc/self/fd`; undefined where it is missing or may not be read. */
  countEntries(path: string): number | undefined;
  /** The JavaScript heap; the method is absent where the runtime never tells, the answer undefined where it does not now. */
  heap?(): HeapSize | undefined;
}

/** The size of the JavaScript heap. */
export interface HeapSize {
  /** Bytes in use by live objects and garbage not collected yet. */
  readonly usedBytes: number;
  /** Bytes the runtime has taken from the system for its heap. */
  readonly totalBytes: number;
}
