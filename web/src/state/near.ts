// How far things are from each other, which open incidents may be the same fire, which way water lies. Pure.

import type { Incident } from "./cards.ts";

export interface LonLat {
  readonly lon: number;
  readonly lat: number;
}

const EARTH_METRES = 6_371_008.8;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** As the crow flies. */
export function metresBetween(a: LonLat, b: LonLat): number {
  const half = (from: number, to: number) => Math.sin(radians(to - from) / 2) ** 2;
  const chord = half(a.lat, b.lat) + Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * half(a.lon, b.lon);
  return 2 * EARTH_METRES * Math.asin(Math.min(1, Math.sqrt(chord)));
}

/** 0 north, 1 north-east … 7 north-west. */
export function bearing(from: LonLat, to: LonLat): number {
  const east = (to.lon - from.lon) * Math.cos(radians(from.lat));
  const turn = Math.atan2(east, to.lat - from.lat) / (Math.PI / 4);
  return ((Math.round(turn) % 8) + 8) % 8;
}

export interface Neighbour {
  readonly incident: Incident;
  readonly metres: number;
}

/** Open incidents by distance from a place, the nearest first. */
export function neighbours(at: LonLat, incidents: Iterable<Incident>, withinMetres: number, except = ""): readonly Neighbour[] {
  return [...incidents]
    .filter((one) => one.status === "open" && one.id !== except)
    .map((incident) => ({ incident, metres: metresBetween(at, incident) }))
    .filter(({ metres }) => metres <= withinMetres)
    .sort((a, b) => a.metres - b.metres);
}

/** `320 m`, `4.2 km`. */
export function distanceText(metres: number): string {
  return metres < 995 ? `${Math.round(metres / 10) * 10} m` : `${(metres / 1000).toFixed(1)} km`;
}

export interface WaterSource extends LonLat {
  readonly code: string;
  readonly kind: string;
  readonly name: string;
  readonly unusable: boolean;
}

export interface NearWater extends WaterSource {
  readonly metres: number;
}

const SOURCES_SHOWN = 5;
const WITHIN_METRES = 4000;

/** Usable ones by distance; what cannot be used is left out, not offered with a note. Tiles overlap: each once. */
export function nearestWater(at: LonLat, all: readonly WaterSource[]): readonly NearWater[] {
  const once = new Map(all.filter((one) => !one.unusable).map((one) => [one.code, one]));
  return [...once.values()]
    .map((one) => ({ ...one, metres: metresBetween(at, one) }))
    .filter((one) => one.metres <= WITHIN_METRES)
    .sort((a, b) => a.metres - b.metres)
    .slice(0, SOURCES_SHOWN);
}
