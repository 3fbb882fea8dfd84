// What an incident puts on the map: its place with the radius of doubt, the ways of the units, closed areas, the aim.

import Feature from "ol/Feature.js";
import { circular } from "ol/geom/Polygon.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { Assignment, Condition, Incident } from "../state/cards.ts";
import type { NearWater } from "../state/near.ts";
import { priority } from "../state/priority.ts";
import { geometryOf, lineOf, middleOf, place } from "./geometry.ts";
import { aimIcon, hindranceIcon, incidentAnchor, incidentIcon, waterIcon } from "./glyphs.ts";
import { PRIORITY_COLOURS, SKY, YELLOW, type Ground } from "./palette.ts";
import { FONT } from "./tiles.ts";

export interface Work {
  readonly incidents: readonly Incident[];
  readonly selected: Incident | null;
  readonly assignments: readonly Assignment[];
  readonly proposedPaths: readonly unknown[];
  readonly conditions: readonly { readonly condition: Condition; readonly lines: unknown }[];
  readonly water: readonly NearWater[];
  readonly aim: { readonly lon: number; readonly lat: number } | null;
  readonly ground: Ground;
  readonly nameOfIncident: (incident: Incident) => string;
}

export class WorkLayer {
  readonly #ways = new VectorSource();
  readonly #places = new VectorSource();
  readonly ways = new VectorLayer({ source: this.#ways, zIndex: 10, updateWhileInteracting: true });
  readonly places = new VectorLayer({ source: this.#places, declutter: "labels", zIndex: 30, updateWhileInteracting: true });

  show(work: Work): void {
    this.#ways.clear(true);
    this.#ways.addFeatures([
      ...work.conditions.flatMap(({ condition, lines }) => conditionFeatures(condition, lines, work.ground)),
      ...work.proposedPaths.flatMap((path) => wayFeatures(path, SKY, [7, 6], work.ground)),
      ...work.assignments.filter((one) => one.ended_at === null).flatMap((one) => wayFeatures(one.path, YELLOW, undefined, work.ground)),
    ]);
    this.#places.clear(true);
    this.#places.addFeatures(work.incidents.map((incident) => incidentFeature(incident, incident.id === work.selected?.id, work)));
    this.#places.addFeatures(work.water.map((one, index) => waterFeature(one, index + 1)));
    const doubt = work.selected;
    if (doubt !== null && doubt.uncertainty_metres > 0) this.#ways.addFeature(doubtFeature(doubt));
    if (work.aim !== null) {
      const aim = new Feature(new Point(place(work.aim.lon, work.aim.lat)));
      aim.setStyle(new Style({ image: aimIcon(), zIndex: 99 }));
      this.#places.addFeature(aim);
    }
  }
}

function wayFeatures(path: unknown, colour: string, lineDash: number[] | undefined, ground: Ground): Feature[] {
  const line = lineOf(path);
  if (line === null) return [];
  const feature = new Feature(line);
  feature.setStyle([
    new Style({ stroke: new Stroke({ color: ground.halo, width: 7 }) }),
    new Style({ stroke: new Stroke({ color: colour, width: 4, ...(lineDash === undefined ? {} : { lineDash }) }), zIndex: 1 }),
  ]);
  return [feature];
}

function incidentFeature(incident: Incident, chosen: boolean, work: Work): Feature {
  const feature = new Feature({ geometry: new Point(place(incident.lon, incident.lat)), incident: incident.id });
  const icon = incidentAnchor(incidentIcon(PRIORITY_COLOURS[priority(incident)], chosen));
  feature.setStyle(
    new Style({
      image: icon,
      text: new Text({
        text: work.nameOfIncident(incident),
        font: `700 13px ${FONT}`,
        textAlign: "left",
        offsetX: 17,
        offsetY: -24,
        fill: new Fill({ color: work.ground.label }),
        stroke: new Stroke({ color: work.ground.halo, width: 4 }),
      }),
      zIndex: chosen ? 90 : 80,
    }),
  );
  return feature;
}

function doubtFeature(incident: Incident): Feature {
  const circle = circular([incident.lon, incident.lat], incident.uncertainty_metres, 72).transform("EPSG:4326", "EPSG:3857");
  const feature = new Feature(circle);
  feature.setStyle(
    new Style({
      stroke: new Stroke({ color: "#d55e00", width: 2, lineDash: [8, 6] }),
      fill: new Fill({ color: "rgba(213, 94, 0, 0.08)" }),
    }),
  );
  return feature;
}

/** The piece of road or the area, and in its middle a sign of one size at every zoom. */
function conditionFeatures(condition: Condition, lines: unknown, ground: Ground): Feature[] {
  const closed = condition.factor === 0;
  const features: Feature[] = [];
  for (const shape of [condition.area, lines]) {
    const geometry = geometryOf(shape);
    if (geometry === null) continue;
    const feature = new Feature(geometry);
    feature.setStyle([
      new Style({ stroke: new Stroke({ color: ground.halo, width: 7 }) }),
      new Style({
        stroke: new Stroke({ color: ground.closed, width: 4, ...(closed ? {} : { lineDash: [6, 5] }) }),
        fill: new Fill({ color: "rgba(213, 94, 0, 0.14)" }),
      }),
    ]);
    const middle = middleOf(geometry);
    const sign = new Feature(middle === null ? undefined : new Point(middle));
    sign.setStyle(new Style({ image: hindranceIcon(closed), zIndex: 50 }));
    features.push(feature, sign);
  }
  return features;
}

function waterFeature(one: NearWater, number: number): Feature {
  const feature = new Feature(new Point(place(one.lon, one.lat)));
  feature.setStyle(new Style({ image: waterIcon(number), zIndex: 70 }));
  return feature;
}
