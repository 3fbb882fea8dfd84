import assert from "node:assert/strict";
import { test } from "node:test";
import { coordinatesIn, emptyDraft, toAlarm } from "../src/form/draft.ts";
import { hello, readFrame } from "../src/net/frames.ts";
import type { Assignment, Incident, Unit } from "../src/state/cards.ts";
import { steps } from "../src/state/ladder.ts";
import { bearing, distanceText, metresBetween, nearestWater, neighbours } from "../src/state/near.ts";
import { attentionOf, priority, queueOrder, ringing, severity, waitsForOrder } from "../src/state/priority.ts";
import { ofTheShift } from "../src/state/record.ts";
import { mostTelling, standing } from "../src/state/standing.ts";
import { drawable, planLines, quickest, remarks, type RoadSource, type Supply, type WaterUse } from "../src/state/supply.ts";

const incident = (over: Partial<Incident>): Incident =>
  ({ id: "i", scale: "fire", level: 1, status: "open", trapped: 0, facts: {}, opened_at: "2026-11-22T08:00:00.000Z", ...over }) as Incident;
const assignment = (over: Partial<Assignment>): Assignment =>
  ({ id: "a", incident: "i", state: "dispatched", dispatched_at: "t0", delivered_at: null, acknowledged_at: null, en_route_at: null, on_scene_at: null, unconfirmed_at: null, ended_at: null, ...over }) as Assignment;
const unit = (over: Partial<Unit>): Unit =>
  ({ accepted: true, on_duty: true, crew: 5, crew_qualifications: {}, crew_seats: [], minimum_crew: 4, out_of_service: null, status: "standby", ...over }) as Unit;

test("fire levels count up to the worst, forest levels down to it", () => {
  assert.equal(severity("fire", 5), 4);
  assert.equal(severity("forest", 1), 3);
  assert.equal(severity("forest", 4), 0);
});

test("somebody trapped is urgent at any level", () => {
  assert.equal(priority(incident({ trapped: 1 })), "urgent");
  assert.equal(priority(incident({ level: 1 })), "normal");
  assert.equal(priority(incident({ scale: "forest", level: 3 })), "high");
});

test("what waits stands first, then what is urgent, then what is old", () => {
  const old = incident({ id: "old", opened_at: "2026-11-22T07:00:00.000Z" });
  const urgent = incident({ id: "urgent", trapped: 2 });
  const waiting = incident({ id: "waiting", opened_at: "2026-11-22T09:00:00.000Z" });
  const closed = incident({ id: "closed", status: "closed" });
  const silent = incident({ id: "silent", opened_at: "2026-11-22T09:30:00.000Z" });
  const order = queueOrder([old, urgent, closed, silent, waiting], ({ id }) => (id === "waiting" ? "waits" : id === "silent" ? "trouble" : "calm"));
  assert.deepEqual(order.map((one) => one.id), ["waiting", "silent", "urgent", "old"]);
});

test("silence and a shortfall want a second look, an order on its way does not", () => {
  const coming = assignment({ state: "en_route" });
  assert.equal(attentionOf(incident({ shortfalls: [] }), []), "waits");
  assert.equal(attentionOf(incident({ shortfalls: [] }), [coming, assignment({ state: "unconfirmed" })]), "trouble");
  assert.equal(attentionOf(incident({ shortfalls: [{ code: "people", missing: 2, cause: "busy" }] }), [coming]), "trouble");
  assert.equal(attentionOf(incident({ shortfalls: [] }), [coming]), "calm");
});

test("distances are as the crow flies and directions are eighths of a turn", () => {
  const here = { lon: 112.85, lat: 35.5 };
  assert.ok(Math.abs(metresBetween(here, { lon: 112.86, lat: 35.5 }) - 905) < 3);
  assert.ok(Math.abs(metresBetween(here, { lon: 112.85, lat: 35.51 }) - 1112) < 3);
  assert.equal(bearing(here, { lon: 112.86, lat: 35.508 }), 1);
  assert.equal(bearing(here, { lon: 112.84, lat: 35.5 }), 6);
  assert.equal(bearing(here, { lon: 112.85, lat: 35.4 }), 4);
  assert.equal(distanceText(318), "320 m");
  assert.equal(distanceText(4180), "4.2 km");
});

test("what may be the same fire is open, near, and not the incident itself", () => {
  const at = { lon: 112.85, lat: 35.5 };
  const near = incident({ id: "near", lon: 112.855, lat: 35.5 });
  const far = incident({ id: "far", lon: 113.2, lat: 35.5 });
  const over = incident({ id: "over", lon: 112.85, lat: 35.5, status: "closed" });
  const self = incident({ id: "self", ...at });
  assert.deepEqual(neighbours(at, [far, near, over, self], 2000, "self").map((one) => one.incident.id), ["near"]);
  assert.deepEqual(neighbours(at, [far, near], Infinity).map((one) => one.incident.id), ["near", "far"]);
});

test("the nearest usable water is offered once, the unusable never", () => {
  const at = { lon: 112.85, lat: 35.5 };
  const pond = { code: "w1", kind: "pond", name: "", unusable: false, lon: 112.86, lat: 35.5 };
  const dry = { ...pond, code: "w2", unusable: true, lon: 112.851 };
  const tank = { ...pond, code: "w3", kind: "tank", lon: 112.852 };
  const away = { ...pond, code: "w4", lon: 113.2 };
  assert.deepEqual(nearestWater(at, [pond, dry, tank, { ...tank }, away]).map((one) => one.code), ["w3", "w1"]);
});

test("the shift's list holds what was closed within a day, the newest first", () => {
  const nowMs = Date.parse("2026-11-22T09:00:00.000Z");
  const closed = (id: string, at: string | null) => incident({ id, status: "closed", closed_at: at });
  const all = [closed("early", "2026-11-22T02:00:00.000Z"), closed("late", "2026-11-22T08:00:00.000Z"), closed("old", "2026-11-20T08:00:00.000Z"), closed("odd", null)];
  assert.deepEqual(ofTheShift(all, nowMs).map((one) => one.id), ["late", "early"]);
});

test("an incident whose only unit does not answer waits for an order again", () => {
  assert.equal(waitsForOrder(incident({}), [assignment({ state: "delivered" })]), false);
  assert.equal(waitsForOrder(incident({}), [assignment({ state: "unconfirmed" }), assignment({ state: "unable" })]), true);
});

test("it rings until the incident is opened, and not for what was dealt with before", () => {
  const fresh = incident({ id: "fresh" });
  const since = Date.parse("2026-11-22T07:30:00.000Z");
  assert.equal(ringing([fresh], new Set(), since, () => false)?.id, "fresh");
  assert.equal(ringing([fresh], new Set(["fresh"]), since, () => true), null);
  assert.equal(ringing([fresh], new Set(), since + 3_600_000, () => false), null);
  assert.equal(ringing([fresh], new Set(), since + 3_600_000, () => true)?.id, "fresh");
});

test("a unit shows its assignment first, then what keeps it from rolling, then its status", () => {
  assert.equal(standing(unit({ on_duty: false }), assignment({ state: "en_route" })), "en_route");
  assert.equal(standing(unit({ out_of_service: "repair" }), undefined), "out_of_service");
  assert.equal(standing(unit({ crew: 2 }), undefined), "short_crew");
  assert.equal(standing(unit({ crew_qualifications: { driver: 0, squad_leader: 1 } }), undefined), "short_crew");
  assert.equal(standing(unit({ status: "returning" }), undefined), "returning");
  assert.equal(mostTelling(["free", "off_duty", "unconfirmed"]), "unconfirmed");
});

test("the ladder shows what was missed and ends where the unit ended", () => {
  const missed = steps(assignment({ state: "unconfirmed", delivered_at: "t1", unconfirmed_at: "t2" }));
  assert.deepEqual(missed.map((step) => step.state), ["dispatched", "delivered", "unconfirmed", "acknowledged", "en_route", "on_scene"]);
  const recalled = steps(assignment({ state: "recalled", delivered_at: "t1", ended_at: "t3" }));
  assert.deepEqual(recalled.map((step) => [step.state, step.bad]), [["dispatched", false], ["delivered", false], ["recalled", true]]);
});

test("an alarm is sent with whatever is known of its place", () => {
  const draft = emptyDraft("2026-11-22T08:00:00.000Z");
  assert.deepEqual(toAlarm(draft)["location"], { text: "" });
  const picked = { code: "v1", name: "渠头村", label: "巴公镇 渠头村", lon: 112.8, lat: 35.6 };
  assert.deepEqual(toAlarm({ ...draft, picked, placeText: "3 组" })["location"], { text: "巴公镇 渠头村 3 组" });
  const point = { lon: 112.8, lat: 35.6, crs: "gcj02" };
  assert.deepEqual(toAlarm({ ...draft, picked, point })["location"], { ...point, text: "巴公镇 渠头村" });
});

test("facts that were switched off again are not sent", () => {
  const draft = { ...emptyDraft("2026-11-22T08:00:00.000Z"), facts: { gas: 0, floors: 3, road: "" } };
  assert.deepEqual(toAlarm(draft)["facts"], { floors: 3 });
});

test("coordinates are read in either order, with either comma", () => {
  assert.deepEqual(coordinatesIn("112.85, 35.5"), { lon: 112.85, lat: 35.5 });
  assert.deepEqual(coordinatesIn("35.5，112.85"), { lon: 112.85, lat: 35.5 });
  assert.equal(coordinatesIn("巴公 35"), null);
  assert.equal(coordinatesIn("200, 190"), null);
});

test("frames are read as the protocol document has them; unknown ones are ignored", () => {
  const position = { stream: "county/140525", epoch: "e", seq: 7 };
  assert.deepEqual(JSON.parse(hello("pq_x", position)).streams, [position]);
  const welcome = readFrame(
    JSON.stringify({ type: "welcome", time: "2026-11-22T08:15:30.120Z", stream: "county/140525", epoch: "e", head: 9, after: 7, start: "resume", snapshot: null, identity: {} }),
  );
  assert.ok(welcome.type === "welcome" && welcome.snapshot === null && welcome.position.seq === 7);
  const event = readFrame(JSON.stringify({ type: "event", seq: 8, at: "t", event: "units_ordered", v: 1, data: { cards: {} } }));
  assert.ok(event.type === "event" && event.event.type === "units_ordered");
  assert.equal(readFrame("not json").type, "other");
  assert.equal(readFrame('{"type":"moon"}').type, "other");
});

const use = (vehicle: string, out: number | null, back: number | null, more: Partial<WaterUse> = {}): WaterUse => ({
  vehicle,
  usable: out !== null && back !== null,
  out_seconds: out,
  back_seconds: back,
  refusals: [],
  notes: [],
  ...more,
});

const told: Supply = {
  need_lps: 20,
  need_from: "given",
  attack_unit: null,
  sources: [
    { code: "w1", kind: "crane", name: "水鹤", lon: 112.8, lat: 35.5, metres: 900, usable: true, classes: [use("heavy_engine", 100, 120), use("light_engine", 90, 95)] },
    { code: "w2", kind: "pond", name: "", lon: 112.8, lat: 35.5, metres: 90, usable: false, classes: [use("heavy_engine", null, null, { refusals: [{ code: "water.refusal.no_road" }] }), use("light_engine", null, null, { refusals: [{ code: "water.refusal.no_road" }] })] },
  ],
  shuttle: { enough: false, tankers_free: 2, tankers_needed: 5, most_lps: 20, runs: [{ source: "w1", vehicle: "heavy_engine", water_tonnes: 6, tankers: 2, units: ["a", "b"], flow_lps: 8.2, cycle_seconds: 1320 }] },
  relay: null,
  advice: { plan: "shuttle", flow_lps: 8.2, short_lps: 11.8, enough: false, reasons: [], notes: [] },
};

test("water is drawn and timed by the quickest class there and back, the unusable only named", () => {
  assert.deepEqual(drawable(told).map((one) => one.code), ["w1"]);
  assert.deepEqual(quickest(told.sources[0] as RoadSource), { vehicle: "light_engine", seconds: 185 });
  assert.equal(quickest(told.sources[1] as RoadSource), null);
  assert.deepEqual(remarks(told.sources[1] as RoadSource).map((one) => one.code), ["water.refusal.no_road"]);
});

test("a plan that falls short says how many tankers it takes", () => {
  assert.deepEqual(planLines(told).map((line) => line.code), ["water.run", "water.tankers_short"]);
  assert.equal(planLines(told)[0]?.params?.["minutes"], "22.0");
  const bounded: Supply = { ...told, shuttle: { ...told.shuttle, tankers_needed: null } };
  assert.equal(planLines(bounded)[1]?.code, "water.sites_short");
});
