// The record of a closed incident as the service answers it, and which of them belong to this shift. Pure.

import type { Assignment, Incident, LogLine, Notice } from "./cards.ts";

export interface UnitIntervals {
  readonly unit: string;
  readonly assignment: string;
  readonly dispatch_to_delivery_seconds: number | null;
  readonly dispatch_to_acknowledge_seconds: number | null;
  readonly turnout_seconds: number | null;
  readonly travel_seconds: number | null;
  readonly dispatch_to_arrival_seconds: number | null;
  readonly work_seconds: number | null;
}

export interface Intervals {
  readonly alarm_to_dispatch_seconds: number | null;
  readonly alarm_to_acknowledge_seconds: number | null;
  readonly alarm_to_arrival_seconds: number | null;
  readonly open_seconds: number | null;
  readonly milestones: Readonly<Record<string, number | null>>;
  readonly units: readonly UnitIntervals[];
}

export interface AlarmRow {
  readonly id: string;
  readonly source: string;
  readonly caller?: string | null;
  readonly description?: string | null;
  readonly place_text?: string | null;
  readonly reported_at?: string;
  readonly received_at?: string;
  readonly linked?: boolean;
  readonly verified?: boolean;
}

export interface Recorded {
  readonly incident: Incident;
  readonly alarms: readonly AlarmRow[];
  readonly assignments: readonly Assignment[];
  readonly notices: readonly Notice[];
  readonly journal: readonly LogLine[];
  readonly intervals: Intervals;
}

const SHIFT_MS = 24 * 3_600_000;

/** Closed within the last day, the newest first. */
export function ofTheShift(all: readonly Incident[], nowMs: number): readonly Incident[] {
  return all
    .filter((one) => one.closed_at !== null && nowMs - Date.parse(one.closed_at) < SHIFT_MS)
    .sort((a, b) => (b.closed_at ?? "").localeCompare(a.closed_at ?? ""));
}
