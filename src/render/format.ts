/**
 * What an exposition format has to offer so that the store can assemble a scrape from cached blocks: a head for a whole family
 * and the rendering of any part of its series.
 */

import type { Family, MetricType } from "../model/family.ts";
import type { Escaping } from "../model/name-escaping.ts";

/** What a scrape says once about a family. */
export interface FamilyHead {
  /** Metric name. */
  readonly name: string;
  /** Metric type. */
  readonly type: MetricType;
  /** HELP text, unescaped; empty when there is none. */
  readonly help: string;
  /** Unit of the values; empty when there is none. */
  readonly unit: string;
}

/** An exposition format. */
export interface Format {
  /** Names the format itself, whatever the escaping: families whose names are all legacy-valid have one rendering for it. */
  readonly id: string;
  /** How names are written that the legacy rule does not allow. */
  readonly escaping: Escaping;
  /** The Content-Type of a response in this format. */
  readonly contentType: string;
  /**
   * Renders what comes before the series of a family.
   *
   * @param head what to say about it.
   * @param length the number of bytes of its series, for formats that write lengths.
   */
  renderHead(head: FamilyHead, length: number): Uint8Array<ArrayBuffer>;
  /** Renders the series of stored families of one name, in the order given. */
  renderSeries(families: readonly Family[]): Uint8Array<ArrayBuffer>;
  /** Renders what comes behind the series of a family, where the format has anything there. */
  renderFoot?(head: FamilyHead): Uint8Array<ArrayBuffer>;
  /** Renders what comes behind all families, where the format has anything there. */
  renderTail?(): Uint8Array<ArrayBuffer>;
  /** How many bytes of the format a rendering stands for, where that is not its length. */
  lengthOf?(rendered: Uint8Array): number;
}
