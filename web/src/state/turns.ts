// A team's turns as the service tells them: which runs and which comes next, seat by seat by vehicle. Pure.

import type { LogLine, Unit } from "./cards.ts";
import { isShort } from "./standing.ts";

export type SeatState = "present" | "errand" | "absent" | "no_show" | "left" | "expected" | "open";

export interface Told {
  readonly person: string;
  readonly name: string | null;
  readonly state: string;
  readonly cause: string | null;
  readonly since: string | null;
  readonly back_by: string | null;
}

export interface TurnSeat {
  readonly seat: string;
  readonly unit: string | null;
  readonly role: string;
  readonly required: boolean;
  readonly planned: string | null;
  readonly planned_name: string | null;
  readonly planned_telephone?: string | null;
  readonly person: string | null;
  readonly name: string | null;
  readonly telephone?: string | null;
  readonly state: SeatState;
  readonly told: readonly Told[];
}

export interface Turn {
  readonly id: string;
  readonly team: string;
  readonly day: string;
  readonly shift: string;
  readonly starts_at: string;
  readonly ends_at: string;
  readonly opens_at: string;
  readonly due_at: string;
  readonly state: "planned" | "open" | "answered" | "overdue" | "over";
  readonly unanswered: number;
  readonly seats: readonly TurnSeat[];
}

export interface TeamNow {
  readonly team: string;
  readonly name: string;
  readonly station: string | null;
  readonly telephone: string | null;
  readonly shift_names: Readonly<Record<string, string>>;
  readonly turns: readonly Turn[];
}

export type Phase = "over" | "running" | "next";

export function phaseOf(turn: Turn, nowMs: number): Phase {
  if (Date.parse(turn.ends_at) <= nowMs) return "over";
  return Date.parse(turn.starts_at) <= nowMs ? "running" : "next";
}

/** Seats by vehicle, those of the team itself last; within a vehicle the required ones first. */
export function byUnit(seats: readonly TurnSeat[]): readonly (readonly [string | null, readonly TurnSeat[]])[] {
  const groups = new Map<string | null, TurnSeat[]>();
  for (const seat of seats) groups.set(seat.unit, [...(groups.get(seat.unit) ?? []), seat]);
  return [...groups]
    .sort(([a], [b]) => (a === null ? 1 : b === null ? -1 : a.localeCompare(b)))
    .map(([unit, mine]) => [unit, inOrder(mine)] as const);
}

/** As a crew is read out: who leads, who drives, who pumps, then the others. */
const ROLES = ["leading_cadre", "watch_officer", "squad_leader", "driver", "pump_operator", "firefighter"];

export function inOrder<S extends { readonly role: string; readonly required: boolean; readonly seat: string }>(seats: readonly S[]): readonly S[] {
  const place = (role: string) => (ROLES.includes(role) ? ROLES.indexOf(role) : ROLES.length);
  return [...seats].sort(
    (a, b) => Number(b.required) - Number(a.required) || place(a.role) - place(b.role) || a.seat.localeCompare(b.seat),
  );
}

/** Somebody sits there, or is out and counts as rostered. */
export const isTaken = (seat: TurnSeat): boolean => seat.person !== null;

/** Required seats with nobody on them who was answered for; those still expected, or taken over, are not open. */
export function openSeats(turn: Turn, over: ReadonlyMap<string, string>): readonly TurnSeat[] {
  return turn.seats.filter((seat) => seat.required && !isTaken(seat) && seat.state !== "expected" && !over.has(seat.seat));
}

/** Seats that somebody of the next shift has taken over already, before it begins: by whom. */
export function takenOver(turns: readonly Turn[], nowMs: number): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const turn of turns.filter((one) => phaseOf(one, nowMs) === "next")) {
    for (const seat of turn.seats) {
      const since = seat.told.find((one) => one.person === seat.person)?.since ?? null;
      // Who only will take over was answered for from the beginning of the shift.
      if (isTaken(seat) && since !== null && Date.parse(since) < Date.parse(turn.starts_at)) found.set(seat.seat, seat.name ?? seat.person ?? "");
    }
  }
  return found;
}

/** Whoever of the shift before has not been relieved. */
export function standingOver(turns: readonly Turn[], nowMs: number): readonly string[] {
  return turns
    .filter((turn) => phaseOf(turn, nowMs) === "over")
    .flatMap((turn) => turn.seats.filter(isTaken).map((seat) => seat.name ?? seat.person ?? ""));
}

/** Why somebody is not there, as last told. */
export function causeOf(seat: TurnSeat): string | null {
  return seat.told.find((one) => one.person === seat.planned)?.cause ?? null;
}

/** When something falls due of these turns that no event may tell: then they are read again. */
export function nextBoundaryMs(turns: readonly Turn[], nowMs: number): number | null {
  const ahead = turns
    .flatMap((turn) => [turn.opens_at, turn.starts_at, turn.due_at, turn.ends_at])
    .map((time) => Date.parse(time))
    .filter((ms) => ms > nowMs);
  return ahead.length === 0 ? null : Math.min(...ahead);
}

/** What changes duties, whoever's: events that name people and not their teams. */
const OF_ANY_TEAM = new Set(["absence_reported", "absence_ended", "offer_granted", "repair_adopted", "roster_reference_applied"]);

export function concerns(line: LogLine, team: string): boolean {
  const { team: one, teams: many } = line.data;
  return one === team || (Array.isArray(many) && many.includes(team)) || OF_ANY_TEAM.has(line.type);
}

const OF_THE_ROSTER = new Set([...OF_ANY_TEAM, "roster_published", "roster_changed", "duties_swapped", "override_authorised", "authorisation_revoked"]);

export const changesRoster = (line: LogLine): boolean => OF_THE_ROSTER.has(line.type);

export interface ShortTeam {
  readonly team: string;
  readonly station: string;
  readonly units: readonly Unit[];
}

/** Rostered teams with a vehicle that nobody may roll, the worst first. */
export function shortTeams(units: Iterable<Unit>): readonly ShortTeam[] {
  const teams = new Map<string, Unit[]>();
  for (const unit of units) {
    if (unit.crew_team === null || unit.out_of_service !== null || !isShort(unit)) continue;
    teams.set(unit.crew_team, [...(teams.get(unit.crew_team) ?? []), unit]);
  }
  return [...teams]
    .map(([team, mine]) => ({ team, station: mine[0]?.station ?? team, units: mine }))
    .sort((a, b) => b.units.length - a.units.length || a.team.localeCompare(b.team));
}
