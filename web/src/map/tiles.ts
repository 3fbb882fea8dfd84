// The ground of the map: roads, towns, places, water, forest from the county's own vector tiles, drawn on a canvas.

import MVT from "ol/format/MVT.js";
import VectorTileLayer from "ol/layer/VectorTile.js";
import VectorTileSource from "ol/source/VectorTile.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import CircleStyle from "ol/style/Circle.js";
import type { FeatureLike } from "ol/Feature.js";
import TileState from "ol/TileState.js";
import type VectorTile from "ol/VectorTile.js";
import type RenderFeature from "ol/render/Feature.js";
import { authorization } from "../net/api.ts";
import type { Ground } from "./palette.ts";

const FONT = '"Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif';
const DEEPEST = 14;

/** Width in pixels at resolution 20 m/px and how far out a class is still drawn (m/px). */
const ROADS: Readonly<Record<string, readonly [keyof Ground, number, number]>> = {
  motorway: ["motorway", 3, Infinity],
  trunk: ["trunk", 2.6, Infinity],
  primary: ["primary", 2.2, Infinity],
  secondary: ["secondary", 1.9, 400],
  tertiary: ["secondary", 1.5, 160],
  unclassified: ["minor", 1.2, 80],
  residential: ["minor", 1.1, 60],
  living_street: ["minor", 1, 40],
  service: ["minor", 0.8, 20],
  track: ["track", 0.8, 40],
  path: ["track", 0.6, 15],
  footway: ["track", 0.6, 15],
};

export interface TileLayers {
  readonly ground: VectorTileLayer;
  /** Names of towns stand above ways and markers, everything else of the tiles below them. */
  readonly towns: VectorTileLayer;
}

export function tileLayers(ground: () => Ground, closed: () => ReadonlySet<string>): TileLayers {
  const source = new VectorTileSource({
    format: new MVT(),
    url: "/api/v1/tiles/{z}/{x}/{y}.mvt",
    maxZoom: DEEPEST,
    tileLoadFunction: (tile, url) => loadTile(tile as VectorTile<RenderFeature>, url),
  });
  const sheet = new TileStyles(ground, closed);
  return {
    ground: new VectorTileLayer({
      source,
      renderMode: "hybrid",
      declutter: "labels",
      style: (feature, resolution) => sheet.styleOf(feature, resolution),
      zIndex: 1,
    }),
    towns: new VectorTileLayer({
      source,
      renderMode: "vector",
      declutter: "labels",
      style: (feature, resolution) => (feature.get("layer") === "towns" ? sheet.town(feature, resolution) : undefined),
      zIndex: 25,
    }),
  };
}

function loadTile(tile: VectorTile<RenderFeature>, url: string): void {
  tile.setLoader((extent, _resolution, projection) => {
    fetch(url, { headers: authorization() })
      .then(async (response) => {
        if (response.status === 204 || response.status === 404) return new ArrayBuffer(0);
        if (!response.ok) throw new Error(`tile ${response.status}`);
        return response.arrayBuffer();
      })
      .then((data) => {
        const features = tile.getFormat().readFeatures(data, { extent, featureProjection: projection });
        tile.setFeatures(features as RenderFeature[]);
      })
      .catch(() => tile.setState(TileState.ERROR));
  });
}

/** Styles are made once for each look and kept: the map asks for one hundreds of thousands of times. */
class TileStyles {
  readonly #ground: () => Ground;
  readonly #closed: () => ReadonlySet<string>;
  #kept = new Map<string, Style | Style[]>();
  #keptFor: Ground | null = null;

  constructor(ground: () => Ground, closed: () => ReadonlySet<string>) {
    this.#ground = ground;
    this.#closed = closed;
  }

  styleOf(feature: FeatureLike, resolution: number): Style | Style[] | undefined {
    const ground = this.#groundNow();
    switch (feature.get("layer") as string) {
      case "roads":
        return this.#road(feature, resolution, ground);
      case "places":
        return this.#place(feature, resolution, ground);
      case "boundary":
        return this.#keep("boundary", () => new Style({ stroke: new Stroke({ color: ground.boundary, width: 2.2, lineDash: [10, 4, 2, 4] }) }));
      case "zones":
        return this.#zone(feature, resolution, ground);
      case "forest":
        return this.#keep("forest", () => new Style({ fill: new Fill({ color: ground.forest }) }));
      case "water_sources":
        return this.#water(resolution, ground);
      default:
        return undefined;
    }
  }

  #groundNow(): Ground {
    const ground = this.#ground();
    if (ground !== this.#keptFor) {
      this.#kept = new Map();
      this.#keptFor = ground;
    }
    return ground;
  }

  #road(feature: FeatureLike, resolution: number, ground: Ground): Style | Style[] | undefined {
    const id: unknown = feature.get("id");
    if (typeof id === "string" && this.#closed().has(id)) {
      return this.#keep("closed", () => new Style({ stroke: new Stroke({ color: ground.closed, width: 4, lineDash: [6, 5] }), zIndex: 5 }));
    }
    const [colour, width, furthest] = ROADS[String(feature.get("class"))] ?? ["minor", 1, 30];
    if (resolution > furthest) return undefined;
    const step = Math.round(Math.log2(20 / resolution) * 2) / 2;
    return this.#keep(`road ${colour} ${width} ${step}`, () => {
      const pixels = Math.max(0.5, Math.min(12, width * 1.32 ** step));
      return new Style({ stroke: new Stroke({ color: ground[colour], width: pixels }), zIndex: width });
    });
  }

  /** Borders once, and a point that carries the zone's name: wide and faint, behind every other name. */
  #zone(feature: FeatureLike, resolution: number, ground: Ground): Style | Style[] | undefined {
    if (feature.getGeometry()?.getType() !== "Point") {
      return this.#keep("zone", () => new Style({ stroke: new Stroke({ color: ground.zone, width: 1.2, lineDash: [5, 5] }) }));
    }
    if (resolution < 25) return undefined;
    const name = String(feature.get("name") ?? "");
    return this.#keep(`zone ${name}`, () =>
      new Style({
        text: new Text({
          text: [...name].join("\u2009"),
          font: `600 14px ${FONT}`,
          fill: new Fill({ color: ground.zone }),
          stroke: new Stroke({ color: ground.halo, width: 2 }),
        }),
        zIndex: 10,
      }),
    );
  }

  town(feature: FeatureLike, resolution: number): Style | Style[] | undefined {
    const ground = this.#groundNow();
    // The name stands above its point, so that the markers of a station at the town seat never cover it.
    const name = String(feature.get("name") ?? "");
    const size = resolution > 120 ? 13 : 15;
    return this.#keep(`town ${name} ${size}`, () =>
      new Style({
        text: new Text({
          text: name,
          font: `700 ${size}px ${FONT}`,
          fill: new Fill({ color: ground.label }),
          stroke: new Stroke({ color: ground.halo, width: 3.5 }),
          offsetY: -28,
          overflow: true,
        }),
        zIndex: 1000,
      }),
    );
  }

  #place(feature: FeatureLike, resolution: number, ground: Ground): Style | Style[] | undefined {
    if (resolution > 55) return undefined;
    const kind = String(feature.get("kind") ?? "");
    if (kind === "town" || kind === "township") return undefined;
    const small = kind === "group" || kind === "natural" || kind === "hamlet" || kind === "landmark";
    if (small && resolution > 20) return undefined;
    const name = String(feature.get("name") ?? "");
    return this.#keep(`place ${name} ${small}`, () =>
      new Style({
        image: new CircleStyle({ radius: 1.6, fill: new Fill({ color: ground.faintLabel }), declutterMode: "none" }),
        text: new Text({
          text: name,
          font: `${small ? 11 : 12}px ${FONT}`,
          fill: new Fill({ color: ground.faintLabel }),
          stroke: new Stroke({ color: ground.halo, width: 3 }),
          offsetY: -9,
        }),
        zIndex: small ? 100 : 200,
      }),
    );
  }

  #water(resolution: number, ground: Ground): Style | Style[] | undefined {
    if (resolution > 22) return undefined;
    return this.#keep("water", () =>
      new Style({
        text: new Text({
          text: "水",
          font: `700 11px ${FONT}`,
          fill: new Fill({ color: ground.water }),
          stroke: new Stroke({ color: ground.halo, width: 3 }),
        }),
        zIndex: 150,
      }),
    );
  }

  #keep(key: string, make: () => Style): Style | Style[] {
    let style = this.#kept.get(key);
    if (style === undefined) {
      style = make();
      this.#kept.set(key, style);
    }
    return style;
  }
}

export { FONT };
