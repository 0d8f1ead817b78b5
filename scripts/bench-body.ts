/** What the benches push. */

/** A body of five gauges with one series each, some 600 bytes, all of value `value`. */
export function pushBody(value: number): string {
  return `# HELP batch_last_success_timestamp_seconds Unix time of the last successful run of the batch job.
# TYPE batch_last_success_timestamp_seconds gauge
batch_last_success_timestamp_seconds ${value}
# HELP batch_duration_seconds Duration of the last run.
# TYPE batch_duration_seconds gauge
batch_duration_seconds ${value}.25
# HELP batch_records_processed Number of records that the last run processed.
# TYPE batch_records_processed gauge
batch_records_processed ${value}
# HELP batch_errors Number of errors in the last run by kind.
# TYPE batch_errors gauge
batch_errors{kind="io"} ${value}
# TYPE batch_memory_bytes gauge
batch_memory_bytes ${value}
`;
}
