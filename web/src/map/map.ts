// The map: made once, fed by signals, tells the page what was clicked.

import OlMap from "ol/Map.js";
import View from "ol/View.js";
import ScaleLine from "ol/control/ScaleLine.js";
import Zoom from "ol/control/Zoom.js";
import { defaults as defaultInteractions } from "ol/interaction/defaults.js";
import { boundingExtent } from "ol/extent.js";
import { effect } from "@preact/signals";
import { called, lang, levelText, nameOf } from "../i18n.ts";
import type { Incident } from "../state/cards.ts";
import { drawnConditions, liveConditions } from "../state/hindrances.ts";
import { drawing } from "../state/road_report.ts";
import { recorded } from "../state/shift.ts";
import { assignmentsOf, cards, county, queue, selected, selectedId, standings, stations, unitsByCode } from "../state/store.ts";
import { nearWater } from "../state/water.ts";
import { proposedWays } from "../state/ways.ts";
import { aim, chosenUnits, inspected, lookAt, open, panel, picking, pointed, theme, wholeCounty, type Subject } from "../state/view.ts";
import { lineOf, lonLatOf, place } from "./geometry.ts";
import { ForcesLayer } from "./forces.ts";
import { GROUNDS } from "./palette.ts";
import { OutlineTool } from "./outline.ts";
import { tileLayers } from "./tiles.ts";
import { WorkLayer } from "./work.ts";

const clickable = (layer: { getZIndex(): number | undefined }): boolean => CLICKABLE.has(layer.getZIndex() ?? 0);
const CLICKABLE = new Set([20, 30]);
const NEAR_ZOOM = 13;

export class ConsoleMap {
  readonly #map: OlMap;
  readonly #forces = new ForcesLayer();
  readonly #work = new WorkLayer();
  readonly #tiles = tileLayers(() => GROUNDS[theme.peek()], () => this.#closedRoads);
  readonly #stop: (() => void)[] = [];
  readonly #outline: OutlineTool;
  #closedRoads: ReadonlySet<string> = new Set();
  #framedCounty = "";
  /** The incident that the map shows, with how much of it; `free` once somebody has moved the map. */
  #following: { readonly id: string; readonly points: number; readonly free: boolean } | null = null;

  constructor(target: HTMLElement) {
    this.#map = new OlMap({
      target,
      layers: [this.#tiles.ground, this.#tiles.towns, this.#work.ways, this.#forces.layer, this.#work.places],
      // The attribution stands in the page itself, always to be seen.
      controls: [new Zoom({ zoomInTipLabel: "+", zoomOutTipLabel: "−" }), new ScaleLine()],
      interactions: defaultInteractions({ altShiftDragRotate: false, pinchRotate: false }),
      view: new View({ center: place(112.85, 35.5), zoom: 10, minZoom: 7, maxZoom: 18, enableRotation: false }),
    });
    this.#outline = new OutlineTool(this.#map);
    this.#map.on("singleclick", (event) => this.#onClick(event.pixel, event.coordinate));
    this.#map.on("pointermove", (event) => {
      if (event.dragging) return;
      const found = picking.peek() === null && !drawing.peek() ? this.#at(event.pixel) : null;
      target.style.cursor = picking.peek() !== null || drawing.peek() ? "crosshair" : found !== null ? "pointer" : "";
      const subject = found !== null && found.type !== "incident" ? found : null;
      if (pointed.peek()?.code !== subject?.code) pointed.value = subject;
    });
    this.#map.on("pointerdrag", () => this.#letGo());
    target.addEventListener("wheel", () => this.#letGo(), { passive: true });
    target.addEventListener("pointerleave", () => {
      pointed.value = null;
    });
    target.addEventListener("keydown", (event) => this.#onKey(event));
    this.#stop.push(
      effect(() => this.#frame()),
      effect(() => this.#showForces()),
      effect(() => this.#showWork()),
      effect(() => this.#showGround()),
      effect(() => this.#follow()),
      effect(() => this.#look()),
    );
  }

  dispose(): void {
    for (const stop of this.#stop) stop();
    this.#outline.dispose();
    this.#map.setTarget(undefined);
  }

  /** The whole county once it is known, and whenever somebody asks for it. */
  #frame(): void {
    const { code, bounds } = county.value;
    const wanted = `${code} ${wholeCounty.value}`;
    if (code === "" || wanted === this.#framedCounty) return;
    const points =
      bounds !== null
        ? [place(bounds[0], bounds[1]), place(bounds[2], bounds[3])]
        : [...stations.peek().values()].filter((one) => !one.is_foreign).map((one) => place(one.lon, one.lat));
    if (points.length === 0) return;
    this.#framedCounty = wanted;
    this.#letGo();
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
    const past = panel.value === "record" ? (recorded.value?.incident ?? null) : null;
    const extra = past ?? (chosen !== null && chosen.status !== "open" ? chosen : null);
    this.#work.show({
      incidents: extra === null ? queue.value : [...queue.value, extra],
      selected: past ?? chosen,
      assignments: chosen === null ? [] : (assignmentsOf.value.get(chosen.id) ?? []),
      proposedPaths: waiting.filter((unit) => chosenUnits.value.has(unit.unit)).map((unit) => proposedWays.value[unit.unit]),
      conditions: liveConditions(cards.value.conditions.values()).map((one) => ({
        condition: one,
        lines: drawnConditions.value.get(one.id)?.lines,
      })),
      water: nearWater.value,
      aim: aim.value,
      ground: GROUNDS[theme.value],
      nameOfIncident: (incident: Incident) => `${nameOf("kinds", incident.kind)} ${levelText(incident)}`,
    });
  }

  #showGround(): void {
    void theme.value;
    this.#closedRoads = new Set(liveConditions(cards.value.conditions.values()).flatMap((one) => [...one.edges]));
    this.#tiles.ground.changed();
    this.#tiles.towns.changed();
  }

  /** The incident in front comes into view, with every way and proposed unit that turns up, until somebody moves the map. */
  #follow(): void {
    const id = selectedId.value;
    const incident = selected.value;
    if (id === null || incident === null) {
      this.#following = null;
      return;
    }
    const points = [place(incident.lon, incident.lat), ...this.#homesOfProposed(incident)];
    for (const { path, ended_at } of assignmentsOf.value.get(id) ?? []) {
      const way = ended_at === null ? lineOf(path) : null;
      if (way !== null) points.push(...way.getCoordinates());
    }
    const known = this.#following?.id === id ? this.#following : { id, points: 0, free: false };
    if (known.free || points.length <= known.points) return;
    this.#following = { id, points: points.length, free: false };
    this.#map.getView().fit(boundingExtent(points), { padding: [70, 60, 60, 60], maxZoom: 13.5, duration: 250 });
  }

  #letGo(): void {
    if (this.#following !== null) this.#following = { ...this.#following, free: true };
  }

  #homesOfProposed(incident: Incident): number[][] {
    return (incident.proposal?.units ?? []).flatMap(({ unit }) => {
      const card = unitsByCode.peek().get(unit);
      return card === undefined ? [] : [place(card.lon, card.lat)];
    });
  }

  /** A place that somebody asked to see; never zoomed out for it. */
  #look(): void {
    const at = lookAt.value;
    if (at === null) return;
    const view = this.#map.getView();
    this.#letGo();
    view.animate({ center: place(at.lon, at.lat), zoom: Math.max(view.getZoom() ?? 0, NEAR_ZOOM), duration: 250 });
  }

  #onKey(event: KeyboardEvent): void {
    if (event.isComposing) return;
    this.#letGo();
    if (event.key !== "Enter" || picking.peek() === null) return;
    const centre = this.#map.getView().getCenter();
    if (centre !== undefined) this.#take(centre);
    event.preventDefault();
  }

  #take(coordinate: readonly number[]): void {
    const point = lonLatOf(coordinate);
    aim.value = point;
    picking.peek()?.(point);
  }

  #onClick(pixel: number[], coordinate: number[]): void {
    if (drawing.peek()) return;
    if (picking.peek() !== null) {
      this.#take(coordinate);
      return;
    }
    const found = this.#at(pixel);
    if (found?.type === "incident") {
      if (cards.peek().incidents.has(found.code)) open(found.code);
    } else inspected.value = found;
  }

  /** What stands there: an incident before a unit before a station. */
  #at(pixel: number[]): Subject | { readonly type: "incident"; readonly code: string } | null {
    let best: Subject | { readonly type: "incident"; readonly code: string } | null = null;
    this.#map.forEachFeatureAtPixel(
      pixel,
      (feature) => {
        for (const type of ["incident", "station", "unit"] as const) {
          const code: unknown = feature.get(type);
          if (typeof code !== "string") continue;
          if (best === null || type === "incident") best = { type, code };
          return type === "incident";
        }
        return false;
      },
      { hitTolerance: 4, layerFilter: clickable },
    );
    return best;
  }
}
