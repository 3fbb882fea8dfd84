// What happens when a dispatcher acts: send the command, show the problem if there is one, keep the ten seconds of undo.

import { newId, Problem } from "./net/api.ts";
import { session } from "./net/session.ts";
import { dispatchProposal, dispatchUnits, recall, type Dispatched } from "./state/commands.ts";
import { assignmentsOf, now, queue, selected, selectedId, waits } from "./state/store.ts";
import { awaitsAnswer } from "./state/ladder.ts";
import { drawing } from "./state/road_report.ts";
import { aim, backToOverview, chosenUnits, dialog, inspected, open, openedIds, panel, picking, proposedNow, ticked, toast, undo, type Dialog } from "./state/view.ts";

export const UNDO_MS = 10_000;

/** Awaits a command; a refusal becomes a toast. Answers whether it was done. */
export async function reported(command: Promise<unknown>): Promise<boolean> {
  try {
    await command;
    return true;
  } catch (error) {
    toast(error instanceof Problem ? error.coded : { code: "page.problem.unexpected", params: { what: String(error) } }, true);
    return false;
  }
}

export function me(): string {
  return session.peek()?.name ?? "";
}

/** The proposal as it stands goes as one, so that a unit taken in the meantime has the choice made again. */
function order(incident: string, units: readonly string[]): Promise<Dispatched> {
  const proposed = proposedNow.peek();
  const whole = units.length === proposed.size && units.every((unit) => proposed.has(unit));
  return whole ? dispatchProposal(incident, newId()) : dispatchUnits(incident, units, newId());
}

let sending = false;

/** F9: the units ticked (the proposal as it came, unless somebody changed it), in one order. */
export async function dispatchChosen(): Promise<void> {
  const incident = selected.peek();
  const units = [...chosenUnits.peek()];
  if (panel.peek() !== "incident" || incident?.status !== "open" || units.length === 0 || sending) return;
  sending = true;
  try {
    const before = new Set((assignmentsOf.peek().get(incident.id) ?? []).map((one) => one.id));
    let answer: Dispatched | null = null;
    const done = await reported(
      order(incident.id, units).then((said) => {
        answer = said;
      }),
    );
    if (!done) return;
    const said = answer as Dispatched | null;
    const made =
      said?.assignments?.map((one) => one.id) ??
      (assignmentsOf.peek().get(incident.id) ?? []).filter((one) => !before.has(one.id)).map((one) => one.id);
    ticked.value = null;
    undo.value = { assignments: made, units: units.length, untilMs: now.peek() + UNDO_MS };
  } finally {
    sending = false;
  }
}

/** Within ten seconds the whole order is taken back; later each unit is recalled by itself, with a cause. */
export async function undoDispatch(): Promise<void> {
  const last = undo.peek();
  if (last === null || now.peek() > last.untilMs) return;
  undo.value = null;
  const taken = await Promise.all(
    last.assignments.map((id) => reported(recall(id, { by: me(), via: "console", cause: "undo" }))),
  );
  if (taken.every(Boolean)) toast({ code: "page.undone", params: { count: taken.length } });
}

export function newAlarm(): void {
  panel.value = "form";
  dialog.value = null;
}

export function reportRoadCondition(): void {
  panel.value = "road";
  dialog.value = null;
}

/** The worst that nobody here has looked at, else the worst that waits, else the first. */
export function openWorst(): void {
  const all = queue.peek();
  const next = all.find((one) => !openedIds.peek().has(one.id)) ?? all.find(waits) ?? all[0];
  if (next !== undefined) open(next.id);
}

/** A dialog about the incident in front, if one is open there. */
export function ask(question: Dialog): void {
  if (panel.peek() === "incident" && selected.peek()?.status === "open") dialog.value = question;
}

/** The unit whose answer is wanted first: who is silent, then who was ordered first. */
export function askTelephone(): void {
  const all = (assignmentsOf.peek().get(selectedId.peek() ?? "") ?? []).filter(awaitsAnswer);
  const next = all.find((one) => one.state === "unconfirmed") ?? all[0];
  if (next !== undefined) ask({ type: "telephone", assignment: next.id });
}

/** One step along the queue. */
export function step(by: 1 | -1): void {
  const all = queue.peek();
  if (all.length === 0) return;
  const at = all.findIndex((incident) => incident.id === selectedId.peek());
  const next = all[at === -1 ? (by === 1 ? 0 : all.length - 1) : (at + by + all.length) % all.length];
  if (next !== undefined) open(next.id);
}

/** The n-th unit of the proposal in or out. */
export function toggleProposed(place: number): void {
  const units = selected.peek()?.proposal?.units ?? [];
  const unit = units[place]?.unit;
  if (unit === undefined || !(proposedNow.peek().has(unit) || chosenUnits.peek().has(unit))) return;
  const next = new Set(chosenUnits.peek());
  if (!next.delete(unit)) next.add(unit);
  ticked.value = next;
}

/** Esc: the nearest thing in front goes away. */
export function stepBack(): void {
  if (dialog.peek() !== null) dialog.value = null;
  else if (drawing.peek()) drawing.value = false;
  else if (inspected.peek() !== null) inspected.value = null;
  else if (picking.peek() !== null && panel.peek() === "incident") {
    picking.value = null;
    aim.value = null;
  } else if (panel.peek() === "form" || panel.peek() === "road") {
    picking.value = null;
    aim.value = null;
    panel.value = selectedId.peek() === null ? "overview" : "incident";
  } else backToOverview();
}
