// The delivery ladder of an assignment: which steps it has reached and when. Pure.

import type { Assignment } from "./cards.ts";

export interface Step {
  readonly state: string;
  readonly at: string | null;
  readonly bad: boolean;
}

const UP: readonly (readonly [string, keyof Assignment])[] = [
  ["dispatched", "dispatched_at"],
  ["delivered", "delivered_at"],
  ["acknowledged", "acknowledged_at"],
  ["en_route", "en_route_at"],
  ["on_scene", "on_scene_at"],
];
const BAD_ENDS = new Set(["unable", "declined", "recalled"]);

export function steps(assignment: Assignment): readonly Step[] {
  const ladder: Step[] = UP.map(([state, field]) => ({ state, at: assignment[field] as string | null, bad: false }));
  if (assignment.unconfirmed_at !== null && assignment.acknowledged_at === null) {
    ladder.splice(2, 0, { state: "unconfirmed", at: assignment.unconfirmed_at, bad: true });
  }
  if (assignment.state === "cleared" || BAD_ENDS.has(assignment.state)) {
    const reached = ladder.filter((step) => step.at !== null);
    return [...reached, { state: assignment.state, at: assignment.ended_at, bad: BAD_ENDS.has(assignment.state) }];
  }
  return ladder;
}

export function isLive(assignment: Assignment): boolean {
  return assignment.ended_at === null;
}

export function awaitsAnswer(assignment: Assignment): boolean {
  return ["dispatched", "delivered", "unconfirmed"].includes(assignment.state);
}
