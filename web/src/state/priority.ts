// How urgent an incident is and whether it still has to make itself heard: pure rules of the console's alarm sound.

import type { Assignment, Incident } from "./cards.ts";

export type Priority = "urgent" | "high" | "normal";

/** 0 to 4, whatever the scale: fire counts up to its worst (5), forest down to its worst (1). */
export function severity(scale: string, level: number): number {
  return scale === "forest" ? Math.max(0, 4 - level) : Math.max(0, level - 1);
}

export function priority(incident: Incident): Priority {
  if (incident.trapped > 0 || incident.facts["life_at_risk"] === true) return "urgent";
  const worst = severity(incident.scale, incident.level);
  return worst >= 2 ? "urgent" : worst === 1 ? "high" : "normal";
}

const ORDER: Readonly<Record<Priority, number>> = { urgent: 0, high: 1, normal: 2 };

/** What an incident asks of the dispatcher: an order, a second look (silence, a shortfall), or nothing just now. */
export type Attention = "waits" | "trouble" | "calm";
const RANK: Readonly<Record<Attention, number>> = { waits: 0, trouble: 1, calm: 2 };

/** The queue: what waits for an order first, then what is in trouble, then by urgency, then by age. */
export function queueOrder(
  incidents: Iterable<Incident>,
  attention: (incident: Incident) => Attention,
): readonly Incident[] {
  return [...incidents]
    .filter((incident) => incident.status === "open")
    .sort(
      (a, b) =>
        RANK[attention(a)] - RANK[attention(b)] ||
        ORDER[priority(a)] - ORDER[priority(b)] ||
        a.opened_at.localeCompare(b.opened_at),
    );
}

const LIVE = new Set(["dispatched", "delivered", "acknowledged", "en_route", "on_scene"]);

/** An incident waits while nobody is on the way to it. */
export function waitsForOrder(incident: Incident, assignments: Iterable<Assignment>): boolean {
  if (incident.status !== "open") return false;
  for (const assignment of assignments) {
    if (assignment.incident === incident.id && LIVE.has(assignment.state)) return false;
  }
  return true;
}

export function attentionOf(incident: Incident, assignments: readonly Assignment[]): Attention {
  if (waitsForOrder(incident, assignments)) return "waits";
  const silent = assignments.some((one) => one.incident === incident.id && one.state === "unconfirmed");
  return silent || incident.shortfalls.length > 0 ? "trouble" : "calm";
}

/** The most urgent incident that nobody here has opened yet; null: silence. */
export function ringing(
  incidents: Iterable<Incident>,
  opened: ReadonlySet<string>,
  sinceMs: number,
  waits: (incident: Incident) => boolean,
): Incident | null {
  let loudest: Incident | null = null;
  for (const incident of incidents) {
    if (incident.status !== "open" || opened.has(incident.id)) continue;
    // What was dealt with before this console was opened does not ring again.
    if (Date.parse(incident.opened_at) < sinceMs && !waits(incident)) continue;
    if (loudest === null || ORDER[priority(incident)] < ORDER[priority(loudest)]) loudest = incident;
  }
  return loudest;
}
