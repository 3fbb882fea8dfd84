import assert from "node:assert/strict";
import { test } from "node:test";
import { NO_CARDS, cardsFrom, fold, prune, remember, type JournalEvent } from "../src/state/fold.ts";

const event = (seq: number, cards: unknown, type = "units_ordered"): JournalEvent => ({
  seq,
  at: "2026-11-22T08:15:31.004Z",
  type,
  data: { number: "20261122-007", cards },
});

test("an old snapshot and the events after it equal a fresh snapshot", () => {
  const before = cardsFrom({ incidents: [{ id: "i1", version: 1, level: 1 }], units: [{ id: "u1", version: 1 }] });
  const after = [
    event(1, { incidents: [{ id: "i1", version: 2, level: 2 }] }),
    event(2, { assignments: [{ id: "a1", incident: "i1", version: 1 }], units: [{ id: "u1", version: 2 }] }),
    event(3, { incidents: [{ id: "i2", version: 1, level: 1 }] }),
  ].reduce(fold, before);
  const fresh = cardsFrom({
    incidents: [
      { id: "i1", version: 2, level: 2 },
      { id: "i2", version: 1, level: 1 },
    ],
    assignments: [{ id: "a1", incident: "i1", version: 1 }],
    units: [{ id: "u1", version: 2 }],
  });
  assert.deepEqual(after, fresh);
});

test("an event of an unknown type changes nothing but the cards it carries", () => {
  const cards = fold(NO_CARDS, event(1, { units: [{ id: "u1", version: 1 }] }, "moon_rose"));
  assert.equal(cards.units.size, 1);
  assert.equal(fold(cards, event(2, undefined, "moon_set")), cards);
});

test("an older version never covers a newer one", () => {
  const cards = cardsFrom({ units: [{ id: "u1", version: 5, status: "on_scene" }] });
  assert.equal(fold(cards, event(1, { units: [{ id: "u1", version: 4, status: "standby" }] })).units.get("u1")?.status, "on_scene");
});

test("what an event does not touch stays the same object", () => {
  const cards = cardsFrom({ units: [{ id: "u1", version: 1 }] });
  assert.equal(fold(cards, event(1, { notices: [{ id: "n1", incident: "i1" }] })).units, cards.units);
});

test("the log holds the newest line first and no cards", () => {
  const log = remember(remember([], event(1, {})), event(2, {}));
  assert.deepEqual(log.map((line) => line.seq), [2, 1]);
  assert.equal("cards" in (log[0]?.data ?? {}), false);
});

test("where units drive is seen on the map, not in the log", () => {
  const moved: JournalEvent = { ...event(3, {}), type: "unit_moved" };
  assert.deepEqual(remember([], moved), []);
});

test("old closed incidents go with what belongs to them, the selected one stays", () => {
  const closed = (id: string, at: string) => ({ id, version: 1, status: "closed", opened_at: at, closed_at: at });
  const cards = cardsFrom({
    incidents: [closed("i1", "2026-01-01"), closed("i2", "2026-01-02"), closed("i3", "2026-01-03"), { id: "i4", version: 1, status: "open" }],
    assignments: [{ id: "a1", incident: "i2", version: 1 }],
  });
  const kept = prune(cards, 1, "i1");
  assert.deepEqual([...kept.incidents.keys()], ["i1", "i3", "i4"]);
  assert.equal(kept.assignments.size, 0);
});
