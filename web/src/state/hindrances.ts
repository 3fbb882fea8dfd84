// Where closed and slowed roads lie: cards name edges only, their lines and names are read when the conditions change.

import { effect, signal } from "@preact/signals";
import { get } from "../net/api.ts";
import type { Condition } from "./cards.ts";
import { cards } from "./store.ts";

export interface Drawn {
  readonly id: string;
  readonly lines?: unknown;
  readonly roads?: readonly string[];
}

export const drawnConditions = signal<ReadonlyMap<string, Drawn>>(new Map());

/** Those that hold now or will; who lifted one sees it go at once. */
export function liveConditions(all: Iterable<Condition>): readonly Condition[] {
  return [...all].filter((one) => one.removed_at === null);
}

/** Keeps `drawnConditions` at what stands on the board. */
export function followConditions(): () => void {
  let asked = "";
  return effect(() => {
    const wanted = liveConditions(cards.value.conditions.values())
      .map((one) => one.id)
      .sort()
      .join(" ");
    if (wanted === asked) return;
    asked = wanted;
    if (wanted === "") return;
    void get<{ conditions?: readonly Drawn[] }>("/roads/conditions")
      .then((answer) => {
        drawnConditions.value = new Map((answer.conditions ?? []).map((one) => [one.id, one]));
      })
      .catch(() => {
        asked = ""; // asked again with the next change
      });
  });
}
