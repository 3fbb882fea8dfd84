// What a person has chosen on this page: theme, opened incidents, units ticked, the panel and dialog in front.

import { batch, computed, effect, signal } from "@preact/signals";
import type { Draft } from "../form/draft.ts";
import type { Coded } from "./cards.ts";
import { assignmentsOf, cards, selected, selectedId } from "./store.ts";

export type Theme = "dark" | "light";
const THEME_KEY = "pianqu.theme";

function firstTheme(): Theme {
  const kept = localStorage.getItem(THEME_KEY);
  if (kept === "dark" || kept === "light") return kept;
  return "dark"; // a watch room is dark at night, and alarms come at night
}

export const theme = signal<Theme>(firstTheme());
effect(() => {
  document.documentElement.dataset["theme"] = theme.value;
});

export function switchTheme(): void {
  theme.value = theme.peek() === "dark" ? "light" : "dark";
  localStorage.setItem(THEME_KEY, theme.peek());
}

/** Incidents that somebody at this console has looked at: they ring no longer. */
export const openedIds = signal<ReadonlySet<string>>(new Set());

/** When this page was opened: what was under way before does not call itself new. */
export const startedMs = Date.now();

export type Panel = "overview" | "incident" | "form" | "road" | "record" | "team" | "roster";
export const panel = signal<Panel>("overview");

export function open(incidentId: string): void {
  batch(() => {
    if (selectedId.peek() !== incidentId) ticked.value = null;
    selectedId.value = incidentId;
    openedIds.value = new Set([...openedIds.peek(), incidentId]);
    panel.value = "incident";
    picking.value = null;
    aim.value = null;
  });
}

export function backToOverview(): void {
  batch(() => {
    inspected.value = null;
    selectedId.value = null;
    panel.value = "overview";
    picking.value = null;
    aim.value = null;
  });
}

/** The alarm being taken down: it waits while another incident is looked at, and F2 comes back to it. */
export const draft = signal<Draft | null>(null);

/** Units ticked by hand for the selected incident; null while the proposal stands as it came. */
export const ticked = signal<ReadonlySet<string> | null>(null);

/** Units that F9 would send: those ticked, else those proposed and not yet sent. */
export const chosenUnits = computed<ReadonlySet<string>>(() => {
  const incident = selected.value;
  if (incident === null || incident.status !== "open") return new Set();
  return ticked.value ?? proposedNow.value;
});

export const proposedNow = computed<ReadonlySet<string>>(() => {
  const incident = selected.value;
  if (incident === null) return new Set();
  const sent = new Set((assignmentsOf.value.get(incident.id) ?? []).map((assignment) => assignment.unit));
  const busy = new Set(
    [...cards.value.assignments.values()].filter((one) => one.ended_at === null).map((one) => one.unit),
  );
  return new Set(
    (incident.proposal?.units ?? []).map((one) => one.unit).filter((unit) => !sent.has(unit) && !busy.has(unit)),
  );
});

export function toggleUnit(code: string): void {
  const units = new Set(chosenUnits.peek());
  if (!units.delete(code)) units.add(code);
  ticked.value = units;
}

/** A click on the map means a place while this is set. */
export const picking = signal<((point: { lon: number; lat: number }) => void) | null>(null);
export const aim = signal<{ readonly lon: number; readonly lat: number } | null>(null);
/** A place that the map should show now; a new object asks again. */
export const lookAt = signal<{ readonly lon: number; readonly lat: number } | null>(null);

/** Counts how often somebody asked for the whole county. */
export const wholeCounty = signal(0);

/** What the pointer is over on the map, and what was clicked: its card stands on the map. */
export interface Subject {
  readonly type: "unit" | "station";
  readonly code: string;
}
export const pointed = signal<Subject | null>(null);
export const inspected = signal<Subject | null>(null);

export type Dialog =
  | { readonly type: "telephone"; readonly assignment: string }
  | { readonly type: "unable"; readonly assignment: string }
  | { readonly type: "recall"; readonly assignment: string }
  | { readonly type: "unit"; readonly unit: string }
  | { readonly type: "link" }
  | { readonly type: "level" }
  | { readonly type: "reinforce" }
  | { readonly type: "close" }
  | { readonly type: "help" };
export const dialog = signal<Dialog | null>(null);

export interface Undo {
  readonly assignments: readonly string[];
  readonly units: number;
  readonly untilMs: number;
}
export const undo = signal<Undo | null>(null);

export interface Toast {
  readonly id: number;
  readonly coded: Coded;
  readonly bad: boolean;
}
export const toasts = signal<readonly Toast[]>([]);
let toastId = 0;

export function toast(coded: Coded, bad = false): void {
  const id = ++toastId;
  toasts.value = [...toasts.peek(), { id, coded, bad }].slice(-4);
  setTimeout(() => {
    toasts.value = toasts.peek().filter((one) => one.id !== id);
  }, bad ? 9000 : 5000);
}
