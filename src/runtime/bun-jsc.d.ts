/** The part of Bun's window on its engine that is used here. */
declare module "bun:jsc" {
  /** Collects what is young; returns the bytes of the heap. */
  export const edenGC: (() => number) | undefined;
}
