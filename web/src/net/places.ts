// Places of the county for the form: by name, pinyin or initials, and rung by rung down the ladder.

import { get } from "./api.ts";
import type { PickedPlace } from "../form/draft.ts";

interface Answered {
  readonly code?: string;
  readonly name?: string;
  readonly kind?: string;
  readonly lon?: number;
  readonly lat?: number;
  readonly town?: string;
  readonly town_name?: string;
  readonly village?: string;
  readonly village_name?: string;
  readonly label?: string;
  readonly path?: unknown;
}

export interface Rung extends PickedPlace {
  readonly kind: string;
}

export async function searchPlaces(query: string): Promise<readonly Rung[]> {
  return rungs(await get<unknown>(`/places?q=${encodeURIComponent(query)}`));
}

/** The rung below a place; without one the towns. */
export async function rungBelow(parent: Rung | null): Promise<readonly Rung[]> {
  const query = parent === null ? "" : `?under=${encodeURIComponent(parent.code)}`;
  return rungs(await get<unknown>(`/ladder${query}`));
}

function rungs(answer: unknown): readonly Rung[] {
  const list = Array.isArray(answer)
    ? answer
    : ((answer as Record<string, unknown>)["places"] ?? (answer as Record<string, unknown>)["items"]);
  if (!Array.isArray(list)) return [];
  return (list as Answered[]).map((one) => ({
    code: String(one.code ?? ""),
    name: String(one.name ?? ""),
    kind: String(one.kind ?? ""),
    lon: Number(one.lon),
    lat: Number(one.lat),
    label: labelOf(one),
  }));
}

function labelOf(one: Answered): string {
  if (one.label !== undefined) return one.label;
  if (Array.isArray(one.path)) return one.path.map((step) => String((step as { name?: string }).name ?? step)).join("");
  const parts = [one.town_name, one.village_name, one.name].filter((part) => part !== undefined && part !== "");
  return [...new Set(parts)].join("");
}
