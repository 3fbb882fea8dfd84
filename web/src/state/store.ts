// What the page knows, as signals: everything shown is computed from these, and only fold and a person change them.

import { batch, computed, signal } from "@preact/signals";
import { ServerClock } from "../clock.ts";
import type { Assignment, Cards, County, Incident, LogLine, Station, Unit, Zone } from "./cards.ts";
import { NO_CARDS, fold, prune, remember, type JournalEvent } from "./fold.ts";
import { attentionOf, queueOrder, waitsForOrder, type Attention } from "./priority.ts";
import { standing, type Standing } from "./standing.ts";

export const NO_COUNTY: County = {
  code: "",
  name: "",
  name_en: "",
  time_zone: "Asia/Shanghai",
  synthetic: false,
  attribution: [],
  bounds: null,
  names: {},
};

export const county = signal<County>(NO_COUNTY);
export const stations = signal<ReadonlyMap<string, Station>>(new Map());
export const zones = signal<ReadonlyMap<string, Zone>>(new Map());
export const cards = signal<Cards>(NO_CARDS);
export const log = signal<readonly LogLine[]>([]);

export const clock = new ServerClock();
/** Ticks four times a second; only timers read it. */
export const now = signal(Date.now());

export type Link = "connecting" | "live" | "stale" | "closed";
export const link = signal<Link>("connecting");
export const latencyMs = signal<number | null>(null);
export const lastTrafficMs = signal<number | null>(null);

export const selectedId = signal<string | null>(null);
export const selected = computed<Incident | null>(() => {
  const id = selectedId.value;
  return id === null ? null : (cards.value.incidents.get(id) ?? null);
});

/** Assignments by incident, in the order they were made. */
export const assignmentsOf = computed<ReadonlyMap<string, readonly Assignment[]>>(() => {
  const groups = new Map<string, Assignment[]>();
  for (const assignment of cards.value.assignments.values()) {
    const group = groups.get(assignment.incident);
    if (group === undefined) groups.set(assignment.incident, [assignment]);
    else group.push(assignment);
  }
  for (const group of groups.values()) group.sort((a, b) => a.dispatched_at.localeCompare(b.dispatched_at));
  return groups;
});

export const waits = (incident: Incident): boolean =>
  waitsForOrder(incident, assignmentsOf.value.get(incident.id) ?? []);

export const attention = (incident: Incident): Attention =>
  attentionOf(incident, assignmentsOf.value.get(incident.id) ?? []);

export const queue = computed<readonly Incident[]>(() => queueOrder(cards.value.incidents.values(), attention));

export const unitsByCode = computed<ReadonlyMap<string, Unit>>(
  () => new Map([...cards.value.units.values()].filter((unit) => !unit.retired).map((unit) => [unit.code, unit])),
);

export const standings = computed<ReadonlyMap<string, Standing>>(() => {
  const busy = new Map<string, Assignment>();
  for (const assignment of cards.value.assignments.values()) {
    if (assignment.ended_at === null) busy.set(assignment.unit, assignment);
  }
  return new Map([...unitsByCode.value.values()].map((unit) => [unit.code, standing(unit, busy.get(unit.code))]));
});

export interface Snapshot {
  readonly county: County;
  readonly stations: readonly Station[];
  readonly zones: readonly Zone[];
  readonly cards: Cards;
}

export function applySnapshot(snapshot: Snapshot): void {
  batch(() => {
    county.value = snapshot.county;
    stations.value = new Map(snapshot.stations.map((station) => [station.code, station]));
    zones.value = new Map(snapshot.zones.map((zone) => [zone.code, zone]));
    cards.value = snapshot.cards;
  });
}

const KEEP_CLOSED = 30;

export function applyEvent(event: JournalEvent): void {
  batch(() => {
    cards.value = prune(fold(cards.value, event), KEEP_CLOSED, selectedId.value);
    log.value = remember(log.value, event);
    // They change only when a county folder is applied, and ride beside the cards.
    stations.value = replaced(stations.value, event.data["stations"]);
    zones.value = replaced(zones.value, event.data["zones"]);
  });
}

function replaced<C extends { readonly code: string }>(old: ReadonlyMap<string, C>, list: unknown): ReadonlyMap<string, C> {
  if (!Array.isArray(list)) return old;
  const next = new Map(old);
  for (const card of list as (C & { readonly retired?: boolean })[]) {
    if (card.retired === true) next.delete(card.code);
    else next.set(card.code, card);
  }
  return next;
}
