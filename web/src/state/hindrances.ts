// Where closed and slowed roads lie, and whose speeds hold: cards name edges only, so this is read when it changes.

import { effect, signal } from "@preact/signals";
import { get } from "../net/api.ts";
import type { Condition } from "./cards.ts";
import { cards, log } from "./store.ts";

export interface Drawn {
  readonly id: string;
  readonly lines?: unknown;
  readonly roads?: readonly string[];
  readonly pieces?: number;
  readonly kilometres?: number;
}

export interface SpeedProfile {
  readonly code: string;
  readonly name: string;
  readonly name_en: string;
  readonly until: string | null;
}

interface Answer {
  readonly conditions?: readonly Drawn[];
  readonly speed_profile?: SpeedProfile | null;
  readonly road_classes?: readonly string[];
}

export const drawnConditions = signal<ReadonlyMap<string, Drawn>>(new Map());
/** The speeds of some hours that hold now; null: the usual ones. */
export const speedProfile = signal<SpeedProfile | null>(null);
/** The kinds of road that there are in this county. */
export const roadKinds = signal<readonly string[]>([]);

/** Those that hold now or will; who lifted one sees it go at once. */
export function liveConditions(all: Iterable<Condition>): readonly Condition[] {
  return [...all].filter((one) => one.removed_at === null);
}

/** Keeps these at what stands on the board; asked once at the start, and with every change. */
export function followConditions(): () => void {
  let asked: string | null = null;
  return effect(() => {
    const ids = liveConditions(cards.value.conditions.values())
      .map((one) => one.id)
      .sort();
    const speeds = log.value.findLast((line) => line.type === "speed_profile_changed")?.seq ?? 0;
    const wanted = [speeds, ...ids].join(" ");
    if (wanted === asked) return;
    asked = wanted;
    void get<Answer>("/roads/conditions")
      .then((answer) => {
        drawnConditions.value = new Map((answer.conditions ?? []).map((one) => [one.id, one]));
        speedProfile.value = answer.speed_profile ?? null;
        roadKinds.value = answer.road_classes ?? [];
      })
      .catch(() => {
        asked = null; // asked again with the next change
      });
  });
}
