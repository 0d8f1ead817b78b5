/**
 * Scrapes at the level of the store: as text, and with a format that tells what was rendered.
 */

import type { Family } from "../../src/model/family.ts";
import type { FamilyHead, Format } from "../../src/render/format.ts";
import { textFormat } from "../../src/render/text.ts";
import type { OwnFamilies } from "../../src/store/own-families.ts";
import type { Store } from "../../src/store/store.ts";

/** The text format, with a memory. */
export interface SpyFormat extends Format {
  /** How many families of each name were rendered since the last look. */
  take(): Record<string, number>;
  /** The heads rendered, with the length they were told. */
  readonly heads: (FamilyHead & { readonly length: number })[];
}

/** A format that nothing was rendered in yet. */
export function createSpyFormat(id = "spy"): SpyFormat {
  let rendered: Record<string, number> = {};
  const heads: SpyFormat["heads"] = [];
  return {
    ...textFormat,
    id,
    heads,
    renderHead(head, length) {
      heads.push({ ...head, length });
      return textFormat.renderHead(head, length);
    },
    renderSeries(families) {
      for (const { name } of families) rendered[name] = (rendered[name] ?? 0) + 1;
      return textFormat.renderSeries(families);
    },
    take() {
      const taken = rendered;
      rendered = {};
      return taken;
    },
  };
}

/** A scrape as text, without the two times of every group. */
export function textOf(
  store: Store,
  { own = [], names }: { own?: readonly Family[]; names?: readonly string[] } = {},
): string {
  const scrape = store.gather(textFormat, { own, ...(names && { names: new Set(names) }) });
  const whole = scrape.chunks.map((chunk) => new TextDecoder().decode(chunk)).join("");
  return whole.replace(/^(?:# (?:HELP|TYPE) )?push_(?:failure_)?time_seconds.*\n/gm, "");
}

/** A family that the gateway has of its own. */
export function ownFamily(name: string, help = ""): Family {
  return { name, type: "gauge", help, labels: [""], samples: [7] };
}

/** What a store has to know of such families. */
export function typesOf(families: readonly Family[]): OwnFamilies {
  return new Map(families.map(({ name, type, help }) => [name, { type, help }]));
}
