// What the shift has closed: looked up when wanted, read-only, with the intervals of the after-action record.

import { signal } from "@preact/signals";
import { get } from "../net/api.ts";
import type { Incident } from "./cards.ts";
import { ofTheShift, type Recorded } from "./record.ts";

export const closedOnes = signal<readonly Incident[]>([]);
/** The closed incident that is being read. */
export const recorded = signal<Recorded | null>(null);

export async function readClosed(nowMs: number): Promise<void> {
  const answer = await get<{ incidents?: readonly Incident[] }>("/incidents?status=closed&limit=50");
  closedOnes.value = ofTheShift(answer.incidents ?? [], nowMs);
}

export const readRecord = (id: string): Promise<Recorded> => get<Recorded>(`/incidents/${encodeURIComponent(id)}`);
