// Drawing an outline on the map, and showing what a report would touch before it is filed.

import Feature from "ol/Feature.js";
import type OlMap from "ol/Map.js";
import Polygon from "ol/geom/Polygon.js";
import DoubleClickZoom from "ol/interaction/DoubleClickZoom.js";
import Draw from "ol/interaction/Draw.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import { Fill, Stroke, Style } from "ol/style.js";
import { effect } from "@preact/signals";
import { drawing, meant, outline } from "../state/road_report.ts";
import { geometryOf, lonLatOf, place } from "./geometry.ts";

const EDGE = new Style({
  stroke: new Stroke({ color: "#d55e00", width: 2, lineDash: [8, 5] }),
  fill: new Fill({ color: "rgba(213, 94, 0, 0.10)" }),
});
const TOUCHED = new Style({ stroke: new Stroke({ color: "rgba(213, 94, 0, 0.85)", width: 5 }) });

export class OutlineTool {
  readonly #source = new VectorSource();
  readonly layer = new VectorLayer({ source: this.#source, zIndex: 15, updateWhileInteracting: true });
  readonly #stop: (() => void)[] = [];
  #draw: Draw | null = null;

  constructor(map: OlMap) {
    map.addLayer(this.layer);
    this.#stop.push(
      effect(() => this.#show()),
      effect(() => this.#arm(map, drawing.value)),
    );
  }

  dispose(): void {
    for (const stop of this.#stop) stop();
  }

  #show(): void {
    this.#source.clear(true);
    const lines = geometryOf(meant.value?.lines);
    if (lines !== null) this.#add(lines, TOUCHED);
    const ring = outline.value;
    if (ring !== null && ring.length > 2) this.#add(new Polygon([ring.map(({ lon, lat }) => place(lon, lat))]), EDGE);
  }

  #add(geometry: ReturnType<typeof geometryOf>, style: Style): void {
    const feature = new Feature(geometry ?? undefined);
    feature.setStyle(style);
    this.#source.addFeature(feature);
  }

  /** The double click that ends the outline must not zoom the map away under it. */
  #arm(map: OlMap, on: boolean): void {
    if (this.#draw !== null) map.removeInteraction(this.#draw);
    this.#draw = null;
    for (const one of map.getInteractions().getArray()) if (one instanceof DoubleClickZoom) one.setActive(!on);
    if (!on) return;
    this.#draw = new Draw({ type: "Polygon", style: EDGE });
    this.#draw.on("drawend", (event) => {
      const shape = event.feature.getGeometry();
      const ring = shape instanceof Polygon ? (shape.getCoordinates()[0] ?? []) : [];
      outline.value = ring.slice(0, -1).map((coordinate) => lonLatOf(coordinate));
      // Not in the middle of the event: the interaction is still at work on it.
      setTimeout(() => {
        drawing.value = false;
      });
    });
    map.addInteraction(this.#draw);
  }
}
