// What a dispatcher can do to an incident or an assignment: one function each, in the words of the API.

import type { Meant, Stretch } from "./road_report.ts";
import { get, post, remove } from "../net/api.ts";

export interface Dispatched {
  readonly assignments?: readonly { readonly id: string }[];
}

export interface Answer {
  readonly by: string;
  readonly via: string;
}

const incident = (id: string, what: string) => `/incidents/${encodeURIComponent(id)}/${what}`;
const assignment = (id: string, what: string) => `/assignments/${encodeURIComponent(id)}/${what}`;

export const dispatchUnits = (id: string, units: readonly string[], commandId: string) =>
  post<Dispatched>(incident(id, "assignments"), { units }, commandId);

export const dispatchProposal = (id: string, commandId: string) =>
  post<Dispatched>(incident(id, "assignments"), { proposal: true }, commandId);

export const acknowledge = (id: string, said: Answer) => post<unknown>(assignment(id, "acknowledge"), said);
/** `declined`: who was only asked says no; who was ordered can only be unable. */
export const unable = (id: string, said: Answer & { readonly cause: string; readonly declined: boolean }) =>
  post<unknown>(assignment(id, "unable"), said);
export const recall = (id: string, said: Answer & { readonly cause: string }) => post<unknown>(assignment(id, "recall"), said);
export const keep = (id: string, said: Answer) => post<unknown>(assignment(id, "keep"), said);
export const clear = (id: string, said: Answer) => post<unknown>(assignment(id, "clear"), said);

export interface LevelSaid {
  readonly level: number;
  readonly by: string;
  readonly correction?: boolean;
  readonly why?: string;
}

export const setLevel = (id: string, said: LevelSaid) => post<unknown>(incident(id, "level"), said);
export const setMilestone = (id: string, milestone: string, by: string) =>
  post<unknown>(incident(id, "milestones"), { milestone, by });
export const setLocation = (id: string, location: unknown, by: string) =>
  post<unknown>(incident(id, "location"), { location, by });
export const reinforce = (id: string, needs: Readonly<Record<string, number>>) =>
  post<unknown>(incident(id, "reinforcement"), { needs });
export const unlink = (id: string, alarmId: string) => post<unknown>(incident(id, "unlink"), { alarm_id: alarmId });
/** `id` is the same fire as `into`, which goes on. */
export const link = (id: string, into: string) => post<unknown>(incident(id, "link"), { incident_id: into });
export const verify = (id: string, by: string) => post<unknown>(incident(id, "verify"), { by });
export const closeIncident = (id: string, said: { readonly by: string; readonly why?: string }) =>
  post<unknown>(incident(id, "close"), said);
export const noticeReceived = (id: string, by: string) =>
  post<unknown>(`/notices/${encodeURIComponent(id)}/received`, { by });

const unit = (code: string, what: string) => `/units/${encodeURIComponent(code)}/${what}`;

export const setStatus = (code: string, status: string) => post<unknown>(unit(code, "status"), { status });
/** For a unit whose team is not rostered here; 0: nobody is there. */
export const setStrength = (code: string, crew: number) => post<unknown>(unit(code, "strength"), { crew });

export interface Reachable {
  readonly person: string;
  readonly name: string;
  readonly telephone: string;
}

export interface ShortUnit {
  readonly unit: string;
  readonly telephone: string;
  readonly seats: readonly { readonly seat: string; readonly role: string; readonly people: readonly Reachable[] }[];
}

/** Whom to ring up for the open seats of a unit, in fair order. */
export const callIn = (code: string) =>
  get<{ readonly units: readonly ShortUnit[] }>(`/roster/call-in?units=${encodeURIComponent(code)}`);

/** A cause takes the unit out of service, null puts it back. */
export const setService = (code: string, cause: string | null) => post<unknown>(unit(code, "service"), { cause });

export interface RoadReport extends Stretch {
  readonly reason: string;
  readonly starts_at: string | null;
  readonly ends_at: string | null;
}

export const reportRoad = (said: RoadReport, commandId: string) =>
  post<{ readonly condition: { readonly id: string } }>("/roads/conditions", said, commandId);
export const previewRoad = (said: Stretch) => post<Meant>("/roads/conditions/preview", said);
/** One condition, or all that were reported together with it. */
export const liftRoad = (id: string, together = false) =>
  remove(`/roads/conditions/${encodeURIComponent(id)}${together ? "?together=true" : ""}`);

export interface Raised {
  readonly alarm_id: string;
  readonly incident_id: string;
  readonly incident_number: string;
  readonly linked: boolean;
}

export const raiseAlarm = (alarm: unknown, commandId: string) => post<Raised>("/alarms", alarm, commandId);
