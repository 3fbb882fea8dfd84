import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { format, message, type Catalogue } from "../src/format.ts";

const FOLDER = new URL("../../dispatch/messages/", import.meta.url);
const SOURCES = new URL("../src/", import.meta.url);

const catalogue: Catalogue = Object.assign(
  {},
  ...readdirSync(FOLDER)
    .filter((name) => name.endsWith(".json"))
    .map((name) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"))),
);

test("messages are filled in as Python fills them in", () => {
  assert.equal(format("{a} 分，{b:.1f} km {{x}}", { a: 4, b: 2.345 }), "4 分，2.3 km {x}");
  assert.equal(format("{zones}", { zones: ["北部", "南部"] }), "北部、南部");
});

test("an unknown code and a missing parameter show themselves", () => {
  assert.equal(message(catalogue, "nothing.like.this", {}, "zh"), "nothing.like.this");
  assert.equal(format("{gone} ok", {}), "{gone} ok");
});

test("every text that the page names is in the catalogue, in both languages and with the same parameters", () => {
  const used = new Set<string>();
  for (const name of readdirSync(SOURCES, { recursive: true, encoding: "utf8" })) {
    if (!/\.tsx?$/.test(name)) continue;
    const source = readFileSync(new URL(name, SOURCES), "utf8");
    for (const [, code] of source.matchAll(/"(page\.[a-z_0-9.]+)"/g)) if (code !== undefined) used.add(code);
  }
  assert.ok(used.size > 80);
  const parameters = (text: string) => [...text.matchAll(/\{([a-z_]+)/g)].map((found) => found[1]).sort();
  for (const code of used) {
    const texts = catalogue[code];
    assert.ok(texts !== undefined, `${code} is missing`);
    assert.deepEqual(parameters(texts.zh), parameters(texts.en), code);
  }
});
