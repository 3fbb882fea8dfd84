// From what cards carry (GeoJSON, bare coordinate lists) to geometries of the map; unreadable ones are left out.

import GeoJSON from "ol/format/GeoJSON.js";
import { getCenter } from "ol/extent.js";
import LineString from "ol/geom/LineString.js";
import MultiLineString from "ol/geom/MultiLineString.js";
import type Geometry from "ol/geom/Geometry.js";
import { fromLonLat, toLonLat } from "ol/proj.js";

const FORMAT = new GeoJSON({ featureProjection: "EPSG:3857", dataProjection: "EPSG:4326" });

export function geometryOf(value: unknown): Geometry | null {
  const given = typeof value === "string" ? parsed(value) : value;
  if (typeof given !== "object" || given === null || !("type" in given)) return null;
  try {
    const made = FORMAT.readGeometry(given);
    return Array.isArray(made) ? null : made;
  } catch {
    return null;
  }
}

/** A path: GeoJSON, `[[lon, lat], …]`, or an object that has one of these under `coordinates`. */
export function lineOf(value: unknown): LineString | null {
  const list = Array.isArray(value) ? value : (value as { coordinates?: unknown } | null)?.coordinates;
  if (!Array.isArray(list) || list.length < 2) return null;
  const points = list.filter((point): point is [number, number] => Array.isArray(point) && point.length >= 2);
  return points.length < 2 ? null : new LineString(points.map(([lon, lat]) => fromLonLat([lon, lat])));
}

export function place(lon: number, lat: number): number[] {
  return fromLonLat([lon, lat]);
}

export function lonLatOf(coordinate: readonly number[]): { lon: number; lat: number } {
  const [lon, lat] = toLonLat([coordinate[0] ?? 0, coordinate[1] ?? 0]);
  return { lon: round(lon ?? 0), lat: round(lat ?? 0) };
}

function round(degrees: number): number {
  return Math.round(degrees * 1e6) / 1e6;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Some point of it, in the middle of what comes first: where a map should look. */
export function firstPoint(value: unknown): { lon: number; lat: number } | null {
  const geometry = geometryOf(value);
  if (geometry === null) return null;
  const middle = middleOf(geometry);
  return middle === null ? null : lonLatOf(middle);
}

/** Halfway along its first line, or the middle of its extent. */
export function middleOf(geometry: Geometry): number[] | null {
  if (geometry instanceof MultiLineString) return geometry.getLineStrings()[0]?.getCoordinateAt(0.5) ?? null;
  if (geometry instanceof LineString) return geometry.getCoordinateAt(0.5);
  const extent = geometry.getExtent();
  return extent.every(Number.isFinite) ? getCenter(extent) : null;
}
