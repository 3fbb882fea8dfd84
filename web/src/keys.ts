// Keys: function keys work everywhere; letters and digits only outside of fields, since input methods swallow them.

import {
  ask,
  askTelephone,
  dispatchChosen,
  newAlarm,
  openWorst,
  reportRoadCondition,
  step,
  stepBack,
  toggleProposed,
  undoDispatch,
} from "./actions.ts";
import { openRoster } from "./state/roster.ts";
import { mute, unlock } from "./sound.ts";
import { dialog, panel, wholeCounty } from "./state/view.ts";

const EVERYWHERE: Readonly<Record<string, () => void>> = {
  F2: newAlarm,
  F3: openWorst,
  F9: () => void dispatchChosen(),
  Escape: stepBack,
};

const OUTSIDE_FIELDS: Readonly<Record<string, () => void>> = {
  n: newAlarm,
  j: () => step(1),
  k: () => step(-1),
  ArrowDown: () => step(1),
  ArrowUp: () => step(-1),
  m: () => mute(Date.now()),
  t: askTelephone,
  g: () => ask({ type: "reinforce" }),
  l: () => ask({ type: "level" }),
  c: () => ask({ type: "close" }),
  r: reportRoadCondition,
  d: () => openRoster(null),
  "0": () => {
    wholeCounty.value += 1;
  },
  u: () => document.querySelector<HTMLElement>("#board .unit")?.focus(),
  "/": searchPlace,
  "?": () => {
    dialog.value = { type: "help" };
  },
};

function searchPlace(): void {
  newAlarm();
  requestAnimationFrame(() => document.getElementById("place-search")?.focus());
}

function onKey(event: KeyboardEvent): void {
  unlock();
  // While an input method composes, every key belongs to it (229 is what older browsers say instead).
  if (event.isComposing || event.keyCode === 229 || event.repeat) return;
  const act = actionFor(event);
  if (act === undefined) return;
  event.preventDefault();
  act();
}

function actionFor(event: KeyboardEvent): (() => void) | undefined {
  const inField = event.target instanceof HTMLElement && event.target.matches("input, textarea, select, [contenteditable]");
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z" && !event.altKey) {
    return inField ? undefined : () => void undoDispatch();
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const everywhere = EVERYWHERE[event.key];
  if (everywhere !== undefined) return dialog.peek() !== null && event.key !== "Escape" ? undefined : everywhere;
  // While an alarm is taken down, a stray letter must not leave it.
  if (inField || dialog.peek() !== null || panel.peek() === "form" || panel.peek() === "road") return undefined;
  // On the map itself the arrows move the map.
  if (event.key.startsWith("Arrow") && event.target instanceof HTMLElement && event.target.closest(".map") !== null) return undefined;
  if (/^[1-9]$/.test(event.key)) return () => toggleProposed(Number(event.key) - 1);
  return OUTSIDE_FIELDS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
}

export function listenToKeys(): () => void {
  addEventListener("keydown", onKey);
  addEventListener("pointerdown", unlock);
  return () => {
    removeEventListener("keydown", onKey);
    removeEventListener("pointerdown", unlock);
  };
}
