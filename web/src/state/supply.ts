// The water plan as the service tells it, and what a page shows of it. Pure.

import type { Coded } from "./cards.ts";
import type { NearWater, WaterSource } from "./near.ts";

export interface WaterUse {
  readonly vehicle: string;
  readonly usable: boolean;
  readonly out_seconds: number | null;
  readonly back_seconds: number | null;
  readonly refusals: readonly Coded[];
  readonly notes: readonly Coded[];
}

export interface RoadSource extends Omit<WaterSource, "unusable"> {
  readonly metres: number;
  readonly usable: boolean;
  readonly classes: readonly WaterUse[];
}

export interface Run {
  readonly source: string;
  readonly vehicle: string;
  readonly water_tonnes: number;
  readonly tankers: number;
  readonly units: readonly string[];
  readonly flow_lps: number;
  readonly cycle_seconds: number;
}

export interface Relay {
  readonly source: string;
  readonly enough: boolean;
  readonly [figure: string]: unknown;
}

export interface Supply {
  readonly need_lps: number;
  readonly need_from: string;
  readonly attack_unit: string | null;
  readonly sources: readonly RoadSource[];
  readonly shuttle: {
    readonly enough: boolean;
    readonly tankers_free: number;
    readonly tankers_needed: number | null;
    readonly most_lps: number;
    readonly runs: readonly Run[];
  };
  readonly relay: Relay | null;
  readonly advice: {
    readonly plan: string;
    readonly flow_lps: number;
    readonly short_lps: number;
    readonly enough: boolean;
    readonly reasons: readonly Coded[];
    readonly notes: readonly Coded[];
  };
}

const DRAWN = 6;

/** Usable sources as the map draws them: numbered by the quickest round trip, as the list is. */
export function drawable(told: Supply): readonly NearWater[] {
  return told.sources.filter((one) => one.usable).slice(0, DRAWN).map((one) => ({ ...one, unusable: false }));
}

/** The quickest class there and back. */
export function quickest(source: RoadSource): { readonly vehicle: string; readonly seconds: number } | null {
  const trips = source.classes.flatMap((one) =>
    one.usable && one.out_seconds !== null && one.back_seconds !== null
      ? [{ vehicle: one.vehicle, seconds: one.out_seconds + one.back_seconds }]
      : [],
  );
  return trips.length === 0 ? null : trips.reduce((best, one) => (one.seconds < best.seconds ? one : best));
}

/** What is to be said of a source, once each: why nobody can use it, or what its use rests on. */
export function remarks(source: RoadSource): readonly Coded[] {
  const said = source.usable
    ? source.classes.filter((one) => one.usable).flatMap((one) => one.notes)
    : source.classes.flatMap((one) => one.refusals);
  return [...new Map(said.map((one) => [one.code, one])).values()];
}

/** The plan line by line, the shuttle and the relay both, whichever is advised. */
export function planLines(told: Supply): readonly Coded[] {
  const name = (code: string): string => told.sources.find((one) => one.code === code)?.name || code;
  const { shuttle, relay } = told;
  const lines: Coded[] = shuttle.runs.map((run) => ({
    code: "water.run",
    params: { ...run, vehicle_class: run.vehicle, source: name(run.source), minutes: (run.cycle_seconds / 60).toFixed(1) },
  }));
  if (!shuttle.enough && shuttle.runs.length > 0) {
    lines.push({ code: shuttle.tankers_needed === null ? "water.sites_short" : "water.tankers_short", params: { ...shuttle } });
  }
  if (relay !== null) lines.push({ code: relay.enough ? "water.relay" : "water.relay_short", params: { ...relay, source: name(relay.source) } });
  return lines;
}
