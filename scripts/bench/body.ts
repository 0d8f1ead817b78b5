/**
 * What the benches push. Numbers differ from push to push and from group to group, as those of jobs do: a gateway that had only to
 * notice that nothing has changed would be measured at something else.
 */

/** Gives numbers from 0 (included) to 1 (not), the same ones for the same seed: Lehmer's generator with Park and Miller's factor. */
export function createNumbers(seed: number): () => number {
  let state = seed % 2147483646 + 1;
  return () => {
    state = state * 16807 % 2147483647;
    return (state - 1) / 2147483646;
  };
}

/** A body of five gauges with one series each, some 600 bytes: a group, as the budget has it. */
export function pushBody(next: () => number): string {
  return families("batch", "the batch job", next).join("");
}

/**
 * A body of the same size whose metrics belong to one job alone: names, help texts and the order of the families are its own, so
 * that its first lines are too.
 */
export function ownBody(job: number, next: () => number): string {
  const all = families(`etl${job}`, `job ${job}`, next);
  const first = job % all.length;
  return [...all.slice(first), ...all.slice(0, first)].join("");
}

function families(prefix: string, job: string, next: () => number): string[] {
  const success = 1.79e9 + next() * 1e7;
  return [
    `# HELP ${prefix}_last_success_timestamp_seconds Unix time of the last successful run of ${job}.
# TYPE ${prefix}_last_success_timestamp_seconds gauge
${prefix}_last_success_timestamp_seconds ${success.toFixed(3)}
`,
    `# HELP ${prefix}_duration_seconds Duration of the last run.
# TYPE ${prefix}_duration_seconds gauge
${prefix}_duration_seconds ${(next() * 1000).toFixed(2)}
`,
    `# HELP ${prefix}_records_processed Number of records that the last run processed.
# TYPE ${prefix}_records_processed gauge
${prefix}_records_processed ${Math.floor(next() * 1e7)}
`,
    `# HELP ${prefix}_errors Number of errors in the last run by kind.
# TYPE ${prefix}_errors gauge
${prefix}_errors{kind="io"} ${Math.floor(next() * 100)}
`,
    `# TYPE ${prefix}_memory_bytes gauge
${prefix}_memory_bytes ${Math.floor(next() * 1e9)}
`,
  ];
}
