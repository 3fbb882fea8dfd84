// Many days of every team as the service tells them in colours, and which of them need somebody's eye. Pure.

import { daysAfter } from "../clock.ts";
import type { Coded } from "./cards.ts";

export type Colour = "green" | "yellow" | "orange" | "red";

export interface ShortUnit {
  readonly shift: string;
  readonly unit: string;
  readonly colour: Colour;
  readonly filled: number;
  readonly seats: number;
  readonly causes: readonly Coded[];
}

export interface TeamDay {
  readonly day: string;
  readonly version: number | null;
  readonly colour: Colour | null;
  readonly filled: number;
  readonly seats: number;
  readonly short: readonly ShortUnit[];
}

export interface CalendarDay {
  readonly day: string;
  readonly holiday: string | null;
  readonly weekend: boolean;
}

export interface Glance {
  readonly first: string;
  readonly days: number;
  readonly today: string;
  readonly published_until: string | null;
  readonly calendar: readonly CalendarDay[];
  readonly shifts: Readonly<Record<string, string>>;
  readonly teams: readonly {
    readonly code: string;
    readonly name: string;
    readonly station: string;
    readonly days: readonly TeamDay[];
  }[];
}

export interface Holder {
  readonly person: string;
  readonly name: string;
  readonly starts: string;
  readonly ends: string;
  /** The team that lends; empty for who serves with the own one. */
  readonly borrowed_from: string;
}

export interface MonthSeat {
  readonly seat: string;
  readonly unit: string;
  readonly role: string;
  readonly required: boolean;
  readonly held_by: readonly Holder[];
}

export interface MonthShift {
  readonly shift: string;
  readonly units: Readonly<Record<string, { readonly colour: Colour; readonly causes: readonly Coded[] }>>;
  readonly seats: readonly MonthSeat[];
}

export interface Absence {
  readonly code: string;
  readonly person: string;
  readonly name: string | null;
  readonly kind: string;
  readonly starts_at: string;
  readonly ends_at: string;
}

export interface Window {
  readonly first: string;
  readonly days: number;
}

/** The next 30 days with yesterday before them: what a watch room asks about. */
export function aroundToday(today: string): Window {
  return { first: daysAfter(today, -1), days: 31 };
}

export function wholeMonth(day: string): Window {
  const first = `${day.slice(0, 7)}-01`;
  const next = `${daysAfter(first, 31).slice(0, 7)}-01`;
  return { first, days: Math.round((Date.parse(next) - Date.parse(first)) / 86_400_000) };
}

/** One step: from a window in the middle of a month to whole months. */
export function stepped(window: Window, by: 1 | -1): Window {
  if (by === 1) return wholeMonth(daysAfter(wholeMonth(window.first).first, wholeMonth(window.first).days));
  return window.first.endsWith("-01") ? wholeMonth(daysAfter(window.first, -1)) : wholeMonth(window.first);
}

export interface Trouble {
  readonly team: string;
  readonly name: string;
  readonly day: TeamDay;
}

/** Days to come on which a vehicle rolls short or not at all: the next first, and of a day the worst. */
export function troubles(glance: Glance): readonly Trouble[] {
  const rank = (colour: Colour | null) => (colour === "red" ? 0 : 1);
  return glance.teams
    .flatMap((team) => team.days.map((day) => ({ team: team.code, name: team.name, day })))
    .filter(({ day }) => day.day >= glance.today && (day.colour === "red" || day.colour === "orange"))
    .sort((a, b) => a.day.day.localeCompare(b.day.day) || rank(a.day.colour) - rank(b.day.colour) || a.team.localeCompare(b.team));
}

/** Where an arrow leads from a cell, within the table. */
export function walked(glance: Glance, at: { readonly team: string; readonly day: string }, key: string): { readonly team: string; readonly day: string } | null {
  const row = glance.teams.findIndex((team) => team.code === at.team);
  const column = glance.calendar.findIndex((one) => one.day === at.day);
  const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key] ?? [0, 0];
  if (down === 0 && right === 0) return null;
  const team = glance.teams[row + (down ?? 0)];
  const day = glance.calendar[column + (right ?? 0)];
  return team === undefined || day === undefined ? null : { team: team.code, day: day.day };
}
