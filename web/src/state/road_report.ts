// The report of a road that is being made: which roads are meant, and what the service says that it would touch.

import { signal } from "@preact/signals";

export interface LonLat {
  readonly lon: number;
  readonly lat: number;
}

/** Which way the roads are said: by a click, by name, by what kind they are, by an outline, or snow all over. */
export type Where = "point" | "name" | "kind" | "area" | "snow";
export const WHERES: readonly Where[] = ["point", "name", "kind", "area", "snow"];

export interface Draft {
  readonly where: Where;
  readonly at: LonLat | null;
  /** Names as typed, parted by commas. */
  readonly names: string;
  /** Kinds of road; under snow those that are closed. */
  readonly kinds: ReadonlySet<string>;
  readonly outline: readonly LonLat[] | null;
  readonly factor: number;
  readonly vehicleClasses: readonly string[];
}

interface Area {
  readonly type: "Polygon";
  readonly coordinates: readonly (readonly (readonly [number, number])[])[];
}

export interface Stretch {
  readonly at?: LonLat;
  readonly names?: readonly string[];
  readonly road_classes?: readonly string[];
  readonly area?: Area;
  readonly everywhere?: true;
  readonly crs: "wgs84";
  readonly factor: number;
  readonly vehicle_classes: readonly string[];
  readonly also?: readonly Stretch[];
}

export interface Meant {
  readonly pieces: number;
  readonly kilometres: number;
  readonly stretches: readonly { readonly factor: number; readonly pieces: number; readonly kilometres: number }[];
  readonly roads: readonly { readonly name: string; readonly pieces: number; readonly kilometres: number }[];
  readonly lines: unknown;
}

/** The outline drawn for the report, and whether it is being drawn. */
export const outline = signal<readonly LonLat[] | null>(null);
export const drawing = signal(false);
/** What the report would touch, as far as it is said. */
export const meant = signal<Meant | null>(null);

export function namesIn(typed: string): readonly string[] {
  return [...new Set(typed.split(/[,，、;；\n]/).map((one) => one.trim()).filter((one) => one !== ""))];
}

/** Which roads, as `POST /roads/conditions` takes it; null while too little is said. */
export function stretchOf(draft: Draft): Stretch | null {
  const base = { crs: "wgs84", factor: draft.factor, vehicle_classes: draft.vehicleClasses } as const;
  const area = areaOf(draft.outline);
  const inside = area === null ? {} : { area };
  const kinds = [...draft.kinds].sort();
  switch (draft.where) {
    case "point":
      return draft.at === null ? null : { ...base, at: draft.at };
    case "name": {
      const names = namesIn(draft.names);
      return names.length === 0 ? null : { ...base, names, ...inside };
    }
    case "kind":
      return kinds.length === 0 ? null : { ...base, road_classes: kinds, ...inside };
    case "area":
      return area === null ? null : { ...base, area };
    case "snow": {
      const others: Stretch = { ...base, ...(area === null ? { everywhere: true } : { area }) };
      return kinds.length === 0 ? others : { ...base, factor: 0, road_classes: kinds, ...inside, also: [others] };
    }
  }
}

function areaOf(ring: readonly LonLat[] | null): Area | null {
  const first = ring?.[0];
  if (ring === null || first === undefined || ring.length < 3) return null;
  return { type: "Polygon", coordinates: [[...ring, first].map(({ lon, lat }) => [lon, lat] as const)] };
}
