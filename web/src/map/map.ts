// The map: made once, fed by signals, tells the page what was clicked.

import OlMap from "ol/Map.js";
import View from "ol/View.js";
import ScaleLine from "ol/control/ScaleLine.js";
import Zoom from "ol/control/Zoom.js";
import { defaults as defaultInteractions } from "ol/interaction/defaults.js";
import { boundingExtent } from "ol/extent.js";
import { effect, untracked } from "@preact/signals";
import { called, lang, levelText, nameOf } from "../i18n.ts";
import type { Incident } from "../state/cards.ts";
import { assignmentsOf, cards, county, queue, selected, selectedId, standings, stations, unitsByCode } from "../state/store.ts";
import { proposedWays } from "../state/ways.ts";
import { aim, chosenUnits, open, picking, theme } from "../state/view.ts";
import { lineOf, lonLatOf, place } from "./geometry.ts";
import { ForcesLayer } from "./forces.ts";
import { GROUNDS } from "./palette.ts";
import { tileLayers } from "./tiles.ts";
import { WorkLayer } from "./work.ts";

const clickable = (layer: { getZIndex(): number | undefined }): boolean => CLICKABLE.has(layer.getZIndex() ?? 0);
const CLICKABLE = new Set([20, 30]);

export class ConsoleMap {
  readonly #map: OlMap;
  readonly #forces = new ForcesLayer();
  readonly #work = new WorkLayer();
  readonly #tiles = tileLayers(() => GROUNDS[theme.peek()], () => this.#closedRoads);
  readonly #stop: (() => void)[] = [];
  #closedRoads: ReadonlySet<string> = new Set();
  #framedCounty = "";

  constructor(target: HTMLElement) {
    this.#map = new OlMap({
      target,
      layers: [this.#tiles.ground, this.#tiles.towns, this.#work.ways, this.#forces.layer, this.#work.places],
      // The attribution stands in the page itself, always to be seen.
      controls: [new Zoom({ zoomInTipLabel: "+", zoomOutTipLabel: "−" }), new ScaleLine()],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false }),
      view: new View({ center: place(112.85, 35.5), zoom: 10, minZoom: 7, maxZoom: 18, enableRotation: false }),
    });
    this.#map.on("singleclick", (event) => this.#onClick(event.pixel, event.coordinate));
    this.#map.on("pointermove", (event) => {
      if (event.dragging) return;
      const over = picking.peek() !== null || this.#map.hasFeatureAtPixel(event.pixel, { layerFilter: clickable });
      target.style.cursor = picking.peek() !== null ? "crosshair" : over ? "pointer" : "";
    });
    this.#stop.push(
      effect(() => this.#frame()),
      effect(() => this.#showForces()),
      effect(() => this.#showWork()),
      effect(() => this.#showGround()),
      effect(() => this.#follow()),
    );
  }

  dispose(): void {
    for (const stop of this.#stop) stop();
    this.#map.setTarget(undefined);
  }

  /** The whole county once it is known. */
  #frame(): void {
    const { code, bounds } = county.value;
    if (code === "" || code === this.#framedCounty) return;
    const points =
      bounds !== null
        ? [place(bounds[0], bounds[1]), place(bounds[2], bounds[3])]
        : [...stations.value.values()].filter((one) => !one.is_foreign).map((one) => place(one.lon, one.lat));
    if (points.length === 0) return;
    this.#framedCounty = code;
    this.#map.getView().fit(boundingExtent(points), { padding: [30, 30, 40, 30] });
  }

  #showForces(): void {
    void lang.value;
    this.#forces.show({
      stations: stations.value,
      units: [...unitsByCode.value.values()],
      standings: standings.value,
      chosen: chosenUnits.value,
      ground: GROUNDS[theme.value],
      nameOfUnit: called,
      nameOfStation: called,
    });
  }

  #showWork(): void {
    const chosen = selected.value;
    const waiting = chosen?.proposal?.units ?? [];
    this.#work.show({
      incidents: chosen !== null && chosen.status !== "open" ? [...queue.value, chosen] : queue.value,
      selected: chosen,
      assignments: chosen === null ? [] : (assignmentsOf.value.get(chosen.id) ?? []),
      proposedPaths: waiting.filter((unit) => chosenUnits.value.has(unit.unit)).map((unit) => proposedWays.value[unit.unit]),
      conditions: [...cards.value.conditions.values()],
      aim: aim.value,
      ground: GROUNDS[theme.value],
      nameOfIncident: (incident: Incident) => `${nameOf("kinds", incident.kind)} ${levelText(incident)}`,
    });
  }

  #showGround(): void {
    void theme.value;
    this.#closedRoads = new Set(
      [...cards.value.conditions.values()].filter((one) => one.removed_at === null).flatMap((one) => [...one.edges]),
    );
    this.#tiles.ground.changed();
    this.#tiles.towns.changed();
  }

  /** A newly selected incident comes into view with the ways to it; the dispatcher's own panning is left alone. */
  #follow(): void {
    const id = selectedId.value;
    if (id === null) return;
    const incident = untracked(() => selected.value);
    if (incident === null) return;
    const ways = untracked(() => [
      ...(assignmentsOf.value.get(id) ?? []).map((one) => lineOf(one.path)),
    ]);
    const points = [place(incident.lon, incident.lat), ...untracked(() => this.#homesOfProposed(incident))];
    for (const way of ways) if (way !== null) points.push(...way.getCoordinates());
    this.#map.getView().fit(boundingExtent(points), { padding: [70, 60, 60, 60], maxZoom: 13.5, duration: 250 });
  }

  #homesOfProposed(incident: Incident): number[][] {
    return (incident.proposal?.units ?? []).flatMap(({ unit }) => {
      const card = unitsByCode.value.get(unit);
      return card === undefined ? [] : [place(card.lon, card.lat)];
    });
  }

  #onClick(pixel: number[], coordinate: number[]): void {
    const pick = picking.peek();
    if (pick !== null) {
      const point = lonLatOf(coordinate);
      aim.value = point;
      pick(point);
      return;
    }
    this.#map.forEachFeatureAtPixel(
      pixel,
      (feature) => {
        const incident: unknown = feature.get("incident");
        if (typeof incident !== "string") return false;
        open(incident);
        return true;
      },
      { hitTolerance: 4, layerFilter: clickable },
    );
  }
}
