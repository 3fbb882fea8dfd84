// Water sources around a place, out of the county's vector tiles: the same data that the map shows, at any zoom.

import Feature from "ol/Feature.js";
import MVT from "ol/format/MVT.js";
import Point from "ol/geom/Point.js";
import { createXYZ } from "ol/tilegrid.js";
import { authorization } from "../net/api.ts";
import type { LonLat, WaterSource } from "../state/near.ts";
import { lonLatOf, place } from "./geometry.ts";

/** From this zoom on tiles hold water; one of them is about eight kilometres wide here. */
const ZOOM = 12;
const GRID = createXYZ({ tileSize: 512 });
const FORMAT = new MVT<Feature>({ featureClass: Feature, layers: ["water_sources"] });
const kept = new Map<string, Promise<readonly WaterSource[]>>();

/** The four tiles that meet nearest to the place reach at least half a tile in every direction. */
export async function waterAround(at: LonLat): Promise<readonly WaterSource[]> {
  const size = 2 ** ZOOM;
  const [x = 0, y = 0] = place(at.lon, at.lat);
  const [west = 0, , east = 1, north = 1] = GRID.getTileCoordExtent([0, 0, 0]);
  const column = ((x - west) / (east - west)) * size;
  const row = ((north - y) / (east - west)) * size;
  const wanted: Promise<readonly WaterSource[]>[] = [];
  for (const tileX of around(column)) for (const tileY of around(row)) wanted.push(tileAt(tileX, tileY));
  return (await Promise.all(wanted)).flat();
}

function around(position: number): readonly [number, number] {
  const first = Math.floor(position);
  return [first, position - first < 0.5 ? first - 1 : first + 1];
}

function tileAt(x: number, y: number): Promise<readonly WaterSource[]> {
  const key = `${x}/${y}`;
  let found = kept.get(key);
  if (found === undefined) {
    found = load(x, y);
    kept.set(key, found);
    found.catch(() => kept.delete(key));
  }
  return found;
}

async function load(x: number, y: number): Promise<readonly WaterSource[]> {
  const response = await fetch(`/api/v1/tiles/${ZOOM}/${x}/${y}.mvt`, { headers: authorization() });
  if (response.status === 204 || response.status === 404) return [];
  if (!response.ok) throw new Error(`tile ${response.status}`);
  const extent = GRID.getTileCoordExtent([ZOOM, x, y]);
  const features = FORMAT.readFeatures(await response.arrayBuffer(), { extent, featureProjection: "EPSG:3857" });
  return features.flatMap((feature) => {
    const point = feature.getGeometry();
    if (!(point instanceof Point)) return [];
    return [
      {
        ...lonLatOf(point.getCoordinates()),
        code: String(feature.get("code") ?? point.getCoordinates().join(" ")),
        kind: String(feature.get("kind") ?? ""),
        name: String(feature.get("name") ?? ""),
        unusable: feature.get("unusable") === true,
      },
    ];
  });
}
