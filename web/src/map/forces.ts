// Stations and units on the map: units at home are counted at their station, units on the road stand by themselves.

import Feature from "ol/Feature.js";
import Point from "ol/geom/Point.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { Station, Unit } from "../state/cards.ts";
import { isFree, mostTelling, type Standing } from "../state/standing.ts";
import { place } from "./geometry.ts";
import { dotIcon, stationIcon, unitIcon, type Manner } from "./glyphs.ts";
import type { Ground } from "./palette.ts";
import { FONT } from "./tiles.ts";

const AT_HOME_DEGREES = 0.003;

export interface Forces {
  readonly stations: ReadonlyMap<string, Station>;
  readonly units: readonly Unit[];
  readonly standings: ReadonlyMap<string, Standing>;
  readonly chosen: ReadonlySet<string>;
  readonly ground: Ground;
  readonly nameOfUnit: (unit: Unit) => string;
  readonly nameOfStation: (station: Station) => string;
}

export class ForcesLayer {
  readonly #source = new VectorSource();
  readonly layer = new VectorLayer({ source: this.#source, declutter: "labels", zIndex: 20, updateWhileInteracting: true });

  show(forces: Forces): void {
    const atHome = new Map<string, Unit[]>();
    const features: Feature[] = [];
    for (const unit of forces.units) {
      const station = forces.stations.get(unit.station);
      if (station !== undefined && isAtHome(unit, station)) {
        const there = atHome.get(station.code);
        if (there === undefined) atHome.set(station.code, [unit]);
        else there.push(unit);
      } else {
        features.push(onTheRoad(unit, forces));
      }
    }
    for (const [code, units] of atHome) {
      const station = forces.stations.get(code);
      if (station !== undefined) features.push(atStation(station, units, forces));
    }
    for (const station of forces.stations.values()) {
      if (!atHome.has(station.code)) features.push(atStation(station, [], forces));
    }
    this.#source.clear(true);
    this.#source.addFeatures(features);
  }
}

function isAtHome(unit: Unit, station: Station): boolean {
  return Math.abs(unit.lon - station.lon) < AT_HOME_DEGREES && Math.abs(unit.lat - station.lat) < AT_HOME_DEGREES;
}

/** Far out (m/px), names of towns matter more than markers, and a small station with nothing to tell is a dot. */
const FAR_OUT = 45;
const NEAR_BY = 25;
const SMALL = new Set(["micro", "volunteer", "part_time"]);
const QUIET = new Set<Standing>(["free", "off_duty", "out_of_service", "short_crew", "training"]);

function onTheRoad(unit: Unit, forces: Forces): Feature {
  const feature = new Feature({ geometry: new Point(place(unit.lon, unit.lat)), unit: unit.code });
  const standing = forces.standings.get(unit.code) ?? "free";
  const chosen = forces.chosen.has(unit.code);
  const text = label(forces.nameOfUnit(unit), forces.ground);
  const far = new Style({ image: unitIcon(standing, chosen, "under"), text, zIndex: 60 });
  const near = new Style({ image: unitIcon(standing, chosen, "room"), text, zIndex: 60 });
  feature.setStyle((_feature, resolution) => (resolution > FAR_OUT ? far : near));
  return feature;
}

function atStation(station: Station, units: readonly Unit[], forces: Forces): Feature {
  const standings = units.map((unit) => forces.standings.get(unit.code) ?? "free");
  const telling = units.length === 0 ? "off_duty" : mostTelling(standings);
  const feature = new Feature({
    geometry: new Point(place(station.lon, station.lat)),
    station: station.code,
    unit: units[0]?.code,
  });
  const free = standings.filter(isFree).length;
  const icon = (manner: Manner) => stationIcon(telling, free, units.length, station.is_foreign, manner);
  const small = SMALL.has(station.class) && QUIET.has(telling) && !units.some((unit) => forces.chosen.has(unit.code));
  const far = new Style({ image: small ? dotIcon(telling) : icon("under"), zIndex: small ? 20 : 40 });
  const middle = new Style({ image: icon("room"), zIndex: 40 });
  const near = new Style({ image: icon("room"), text: label(forces.nameOfStation(station), forces.ground), zIndex: 40 });
  feature.setStyle((_feature, resolution) => (resolution > FAR_OUT ? far : resolution > NEAR_BY ? middle : near));
  return feature;
}

/** To the right of the marker, so that neither covers the other; dropped where there is no room. */
function label(text: string, ground: Ground): Text {
  return new Text({
    text,
    font: `600 12px ${FONT}`,
    textAlign: "left",
    offsetX: 15,
    offsetY: 1,
    fill: new Fill({ color: ground.label }),
    stroke: new Stroke({ color: ground.halo, width: 3 }),
  });
}
