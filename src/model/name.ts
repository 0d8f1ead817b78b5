/**
 * Which names are valid under the legacy rule of the Prometheus data model, which holds while UTF-8 names are off:
 * https://prometheus.io/docs/concepts/data_model/#metric-names-and-labels
 */

const LABEL_NAME = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const METRIC_NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

/** Label names with this prefix belong to Prometheus itself and are refused in pushes. */
export const RESERVED_LABEL_PREFIX = "__";

/** Whether `name` is a label name of the form `[a-zA-Z_][a-zA-Z0-9_]*`. */
export function isLabelName(name: string): boolean {
  return LABEL_NAME.test(name);
}

/** Whether `name` is a metric name of the form `[a-zA-Z_:][a-zA-Z0-9_:]*`. */
export function isMetricName(name: string): boolean {
  return METRIC_NAME.test(name);
}
