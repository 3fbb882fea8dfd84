// The nearest water of the incident in front, read from the map's own tiles: straight lines, since nobody lays hose by road.

import { effect, signal } from "@preact/signals";
import { waterAround } from "../map/water.ts";
import { nearestWater, type NearWater } from "./near.ts";
import { selected } from "./store.ts";

export const nearWater = signal<readonly NearWater[]>([]);

export function followWater(): () => void {
  let asked = "";
  return effect(() => {
    const incident = selected.value;
    const where = incident === null ? "" : `${incident.lon} ${incident.lat}`;
    if (where === asked) return;
    asked = where;
    nearWater.value = [];
    if (incident === null) return;
    void waterAround(incident)
      .then((all) => {
        if (asked === where) nearWater.value = nearestWater(incident, all);
      })
      .catch(() => undefined); // the panel does without
  });
}
