// From a snapshot and the events after it to the board: pure, so that snapshot + events equals a fresh snapshot.

import type { Assignment, Cards, Condition, Incident, LogLine, Notice, Unit } from "./cards.ts";

export interface JournalEvent {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Carried {
  readonly id: string;
  readonly version?: number;
}

export const NO_CARDS: Cards = {
  incidents: new Map(),
  assignments: new Map(),
  units: new Map(),
  notices: new Map(),
  conditions: new Map(),
};

/** Lists of cards, as in a snapshot or under `cards` in an event. */
export function cardsFrom(lists: unknown): Cards {
  return upsert(NO_CARDS, lists);
}

/** The cards after an event. An event without cards, of a known or an unknown type, changes nothing. */
export function fold(cards: Cards, event: JournalEvent): Cards {
  return upsert(cards, event.data["cards"]);
}

/** Cards put over those that lie there: by id, never an older version over a newer one. */
export function upsert(cards: Cards, lists: unknown): Cards {
  if (typeof lists !== "object" || lists === null) return cards;
  const given = lists as Readonly<Record<string, unknown>>;
  return {
    incidents: merge<Incident>(cards.incidents, given["incidents"]),
    assignments: merge<Assignment>(cards.assignments, given["assignments"]),
    units: merge<Unit>(cards.units, given["units"]),
    notices: merge<Notice>(cards.notices, given["notices"]),
    conditions: merge<Condition>(cards.conditions, given["conditions"]),
  };
}

function merge<C extends Carried>(old: ReadonlyMap<string, C>, list: unknown): ReadonlyMap<string, C> {
  if (!Array.isArray(list) || list.length === 0) return old;
  const merged = new Map(old);
  for (const card of list as C[]) {
    const known = merged.get(card.id);
    if (known?.version !== undefined && card.version !== undefined && card.version < known.version) continue;
    merged.set(card.id, card);
  }
  return merged;
}

const LOG_LENGTH = 200;

/** The map shows where a unit drives; in the log, fixes by the second would hide everything else. */
const NOT_LOGGED = new Set(["unit_moved"]);

/** What happened, newest first; the parameters without the cards. */
export function remember(log: readonly LogLine[], event: JournalEvent): readonly LogLine[] {
  if (NOT_LOGGED.has(event.type)) return log;
  const { cards: _cards, ...data } = event.data;
  return [{ seq: event.seq, at: event.at, type: event.type, data }, ...log].slice(0, LOG_LENGTH);
}

/** Cards that nothing points to any more are let go, so that a console may stay open for weeks. */
export function prune(cards: Cards, keepClosed: number, selected: string | null): Cards {
  const closed = [...cards.incidents.values()]
    .filter((incident) => incident.status !== "open" && incident.id !== selected)
    .sort((a, b) => (b.closed_at ?? b.opened_at).localeCompare(a.closed_at ?? a.opened_at));
  if (closed.length <= keepClosed) return cards;
  const gone = new Set(closed.slice(keepClosed).map((incident) => incident.id));
  const kept = <C extends { readonly incident: string }>(all: ReadonlyMap<string, C>) =>
    new Map([...all].filter(([, card]) => !gone.has(card.incident)));
  return {
    ...cards,
    incidents: new Map([...cards.incidents].filter(([id]) => !gone.has(id))),
    assignments: kept(cards.assignments),
    notices: kept(cards.notices),
  };
}
