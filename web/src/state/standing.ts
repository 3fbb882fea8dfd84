// What a unit is doing, in one word with a glyph and a colour: from its card and its assignment. Pure.

import type { Assignment, Unit } from "./cards.ts";

export type Standing =
  | "free"
  | "forward_post"
  | "training"
  | "ordered"
  | "acknowledged"
  | "en_route"
  | "on_scene"
  | "returning"
  | "unconfirmed"
  | "short_crew"
  | "off_duty"
  | "out_of_service";

/** The glyph says it without colour: one Chinese character each, the same in both languages. */
export const GLYPHS: Readonly<Record<Standing, string>> = {
  free: "备",
  forward_post: "驻",
  training: "训",
  ordered: "令",
  acknowledged: "收",
  en_route: "途",
  on_scene: "场",
  returning: "归",
  unconfirmed: "未",
  short_crew: "缺",
  off_duty: "休",
  out_of_service: "停",
};

const BY_STATE: Readonly<Record<string, Standing>> = {
  dispatched: "ordered",
  delivered: "ordered",
  acknowledged: "acknowledged",
  en_route: "en_route",
  on_scene: "on_scene",
  unconfirmed: "unconfirmed",
};

/** Statuses by GA/T 974.39 that a unit may have without an assignment. */
const BY_STATUS: Readonly<Record<string, Standing>> = {
  turned_out: "ordered",
  en_route: "en_route",
  on_scene: "on_scene",
  water_on: "on_scene",
  water_off: "on_scene",
  water_shuttle: "on_scene",
  returning: "returning",
  forward_post: "forward_post",
  training: "training",
};

/** A crew that was asked by name and has nobody who may drive; on foot nobody has to. */
export function lacksDriver(unit: Unit): boolean {
  return unit.on_duty && unit.crew_qualifications["driver"] === 0;
}

/** Too few, or nobody who may drive: it cannot roll. */
export function isShort(unit: Unit): boolean {
  return unit.crew < unit.minimum_crew || lacksDriver(unit);
}

export function standing(unit: Unit, assignment: Assignment | undefined): Standing {
  if (assignment !== undefined) return BY_STATE[assignment.state] ?? "ordered";
  if (unit.out_of_service !== null || !unit.accepted) return "out_of_service";
  if (!unit.on_duty) return "off_duty";
  if (isShort(unit)) return "short_crew";
  return BY_STATUS[unit.status] ?? "free";
}

/** Bound to an incident. */
export const BUSY: ReadonlySet<Standing> = new Set(["ordered", "acknowledged", "en_route", "on_scene", "unconfirmed"]);

/** Can be sent as it stands. */
export function isFree(one: Standing): boolean {
  return one === "free" || one === "forward_post" || one === "returning";
}

/** Most telling first: what a station shows that has several units. */
export const WORTH: readonly Standing[] = [
  "unconfirmed",
  "ordered",
  "acknowledged",
  "en_route",
  "on_scene",
  "returning",
  "free",
  "forward_post",
  "training",
  "short_crew",
  "off_duty",
  "out_of_service",
];

export function mostTelling(all: readonly Standing[]): Standing {
  return WORTH.find((one) => all.includes(one)) ?? "off_duty";
}
