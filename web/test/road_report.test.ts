// Which roads a report means, as the service wants to hear it.

import assert from "node:assert/strict";
import { test } from "node:test";
import { namesIn, stretchOf, type Draft } from "../src/state/road_report.ts";

const NOTHING: Draft = { where: "point", at: null, names: "", kinds: new Set(), outline: null, factor: 0, vehicleClasses: [] };
const RING = [
  { lon: 112, lat: 35 },
  { lon: 113, lat: 35 },
  { lon: 113, lat: 36 },
];

test("nothing is reported until it is said which roads", () => {
  for (const where of ["point", "name", "kind", "area"] as const) assert.equal(stretchOf({ ...NOTHING, where }), null);
});

test("names are parted as people part them, each once", () => {
  assert.deepEqual(namesIn(" 环城路、人民路，环城路;\nG207 "), ["环城路", "人民路", "G207"]);
});

test("an outline narrows names and kinds, and is closed", () => {
  const said = stretchOf({ ...NOTHING, where: "kind", kinds: new Set(["track", "path"]), outline: RING });
  assert.deepEqual(said?.road_classes, ["path", "track"]);
  assert.deepEqual(said?.area?.coordinates[0]?.at(-1), [112, 35]);
  assert.equal(stretchOf({ ...NOTHING, where: "area", outline: RING.slice(0, 2) }), null);
});

test("snow closes some kinds and slows all the rest, in the county or in an outline", () => {
  const said = stretchOf({ ...NOTHING, where: "snow", kinds: new Set(["track"]), factor: 0.5 });
  assert.deepEqual([said?.factor, said?.also?.[0]?.factor, said?.also?.[0]?.everywhere], [0, 0.5, true]);
  const inside = stretchOf({ ...NOTHING, where: "snow", kinds: new Set(["track"]), factor: 0.5, outline: RING });
  assert.equal(inside?.also?.[0]?.everywhere, undefined);
  assert.equal(inside?.also?.[0]?.area?.type, "Polygon");
  const slow = stretchOf({ ...NOTHING, where: "snow", factor: 0.7 });
  assert.deepEqual([slow?.factor, slow?.everywhere, slow?.also], [0.7, true, undefined]);
});
