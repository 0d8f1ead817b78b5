/** Things that are to be stopped or closed however what uses them ends. */

/** Takes note of what has to be closed; returns it. */
export type Keep = <T extends Closeable>(thing: Promise<T> | T) => Promise<T>;

/** A server, or a connection. */
export interface Closeable {
  /** Stops a server. */
  stop?(): Promise<void>;
  /** Closes a connection. */
  close?(): void;
}

/** Runs something and closes all it kept, last things first, whether it succeeds or fails. */
export async function withScope<T>(work: (keep: Keep) => Promise<T>): Promise<T> {
  const kept: Closeable[] = [];
  try {
    return await work(async (promise) => {
      const thing = await promise;
      kept.push(thing);
      return thing;
    });
  } finally {
    for (const thing of kept.toReversed()) {
      thing.close?.();
      await thing.stop?.();
    }
  }
}
