// Water of the incident in front: at once by straight lines, read from the map's own tiles; then by road, with the plan.

import { effect, signal } from "@preact/signals";
import { waterAround } from "../map/water.ts";
import { get } from "../net/api.ts";
import { nearestWater, type NearWater } from "./near.ts";
import { selected } from "./store.ts";
import { drawable, type Supply } from "./supply.ts";

export const nearWater = signal<readonly NearWater[]>([]);

/** The water plan as the service last told it; null until it has, and where it cannot. */
export const supply = signal<Supply | null>(null);

/** The flow that the dispatcher gives for the incident in front, in l/s; null: the county's table says. */
export const wantedFlow = signal<number | null>(null);

export function followWater(): () => void {
  let asked = "";
  let of = "";
  return effect(() => {
    const incident = selected.value;
    const place = incident === null ? "" : `${incident.id} ${incident.lon} ${incident.lat}`;
    if (place !== of) {
      of = place;
      wantedFlow.value = null;
      nearWater.value = [];
      supply.value = null;
    }
    const flow = wantedFlow.value;
    const question = incident === null ? "" : `${place} ${incident.kind} ${incident.level} ${flow ?? ""}`;
    if (question === asked) return;
    asked = question;
    if (incident === null) return;
    if (nearWater.peek().length === 0) {
      void waterAround(incident)
        .then((all) => {
          if (of === place && supply.peek() === null) nearWater.value = nearestWater(incident, all);
        })
        .catch(() => undefined); // the panel does without
    }
    void ask(incident.id, flow, () => asked === question);
  });
}

/** Roads, crews and orders change: the dispatcher asks again when it matters. */
export function askAgain(): void {
  const incident = selected.peek();
  if (incident !== null) void ask(incident.id, wantedFlow.peek(), () => selected.peek()?.id === incident.id);
}

async function ask(id: string, flow: number | null, stillAsked: () => boolean): Promise<void> {
  try {
    const told = await get<Supply>(`/incidents/${id}/water${flow === null ? "" : `?flow_lps=${flow}`}`);
    if (!stillAsked()) return;
    supply.value = told;
    nearWater.value = drawable(told);
  } catch {
    // Straight lines stay where the service has no answer.
  }
}
