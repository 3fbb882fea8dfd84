import assert from "node:assert/strict";
import { test } from "node:test";
import { dayAndTime, daysAfter } from "../src/clock.ts";
import type { LogLine, Unit } from "../src/state/cards.ts";
import { aroundToday, stepped, troubles, walked, wholeMonth, type Glance, type TeamDay } from "../src/state/glance.ts";
import { byUnit, causeOf, concerns, inOrder, nextBoundaryMs, openSeats, phaseOf, shortTeams, standingOver, takenOver, type Turn, type TurnSeat } from "../src/state/turns.ts";

const seat = (over: Partial<TurnSeat>): TurnSeat =>
  ({ seat: "U/driver/0", unit: "U", role: "driver", required: true, planned: "p", planned_name: "甲", person: null, name: null, state: "expected", told: [], ...over }) as TurnSeat;
const turn = (over: Partial<Turn>): Turn =>
  ({ id: "t", starts_at: "2026-11-26T00:00:00Z", ends_at: "2026-11-27T00:00:00Z", opens_at: "2026-11-25T23:45:00Z", due_at: "2026-11-26T00:10:00Z", seats: [], ...over }) as Turn;
const at = (time: string): number => Date.parse(`2026-11-${time}Z`);

test("a turn is next until it begins and over to the second when it ends", () => {
  assert.equal(phaseOf(turn({}), at("25T23:59:59")), "next");
  assert.equal(phaseOf(turn({}), at("26T00:00:00")), "running");
  assert.equal(phaseOf(turn({}), at("27T00:00:00")), "over");
});

test("a seat is open when somebody was answered for and nobody sits there, not while one is still expected", () => {
  const seats = [
    seat({ seat: "a" }),
    seat({ seat: "b", state: "absent" }),
    seat({ seat: "c", state: "open", required: false }),
    seat({ seat: "d", state: "present", person: "p" }),
    seat({ seat: "e", state: "errand", person: "p" }),
  ];
  assert.deepEqual(openSeats(turn({ seats }), new Map()).map((one) => one.seat), ["b"]);
});

test("seats stand by vehicle, the team's own last, the required ones first", () => {
  const seats = [seat({ seat: "own", unit: null }), seat({ seat: "w", unit: "B", required: false }), seat({ seat: "r", unit: "B" }), seat({ seat: "x", unit: "A" })];
  const crew = ["firefighter", "driver", "squad_leader"].map((role) => seat({ seat: role, role }));
  assert.deepEqual(inOrder(crew).map((one) => one.role), ["squad_leader", "driver", "firefighter"]);
  assert.deepEqual(byUnit(seats).map(([unit, mine]) => [unit, mine.map((one) => one.seat)]), [["A", ["x"]], ["B", ["r", "w"]], [null, ["own"]]]);
});

test("who has not been relieved stands over, and the cause of an absence is that of the planned person", () => {
  const over = turn({ ends_at: "2026-11-26T00:00:00Z", seats: [seat({ person: "p", name: "甲", state: "present" }), seat({ state: "left" })] });
  assert.deepEqual(standingOver([over, turn({})], at("26T00:05:00")), ["甲"]);
  assert.deepEqual(standingOver([over], at("25T23:00:00")), []);
  const told = [
    { person: "q", name: "乙", state: "left", cause: "relieved", since: null, back_by: null },
    { person: "p", name: "甲", state: "absent", cause: "sick", since: null, back_by: null },
  ];
  assert.equal(causeOf(seat({ told })), "sick");
});

test("a seat that the next shift has taken over already is not open, one that it only will take is", () => {
  const told = (since: string) => [{ person: "n", name: "乙", state: "present", cause: null, since, back_by: null }];
  const next = (since: string) => turn({ starts_at: "2026-11-27T00:00:00Z", ends_at: "2026-11-28T00:00:00Z", seats: [seat({ state: "present", person: "n", name: "乙", told: told(since) })] });
  const now = turn({ seats: [seat({ state: "left" })] });
  const early = takenOver([now, next("2026-11-26T23:00:00Z")], at("26T23:30:00"));
  assert.deepEqual([...early], [["U/driver/0", "乙"]]);
  assert.equal(openSeats(now, early).length, 0);
  const later = takenOver([now, next("2026-11-27T00:00:00Z")], at("26T23:50:00"));
  assert.equal(openSeats(now, later).length, 1);
});

test("turns are read again when the next of their moments has come", () => {
  assert.equal(nextBoundaryMs([turn({})], at("25T12:00:00")), at("25T23:45:00"));
  assert.equal(nextBoundaryMs([turn({})], at("26T00:00:00")), at("26T00:10:00"));
  assert.equal(nextBoundaryMs([turn({})], at("28T00:00:00")), null);
});

test("events of a team, of several teams, and of people whose team is not said concern it", () => {
  const line = (type: string, data: Readonly<Record<string, unknown>>): LogLine => ({ seq: 1, at: "", type, data });
  assert.ok(concerns(line("rollcall_answered", { team: "W1" }), "W1"));
  assert.ok(concerns(line("roster_changed", { teams: ["E1", "W1"] }), "W1"));
  assert.ok(concerns(line("absence_reported", { person: "p" }), "W1"));
  assert.ok(!concerns(line("rollcall_answered", { team: "E1" }), "W1"));
});

test("a team is short by a rostered vehicle that cannot roll, not by one in repair", () => {
  const unit = (over: Partial<Unit>): Unit =>
    ({ crew: 2, minimum_crew: 4, on_duty: true, crew_team: "T", station: "S", crew_qualifications: {}, out_of_service: null, ...over }) as Unit;
  const found = shortTeams([unit({ code: "a" }), unit({ code: "b", out_of_service: "repair" }), unit({ code: "c", crew_team: null }), unit({ code: "d", crew: 4, crew_qualifications: { driver: 0 } })]);
  assert.deepEqual(found.map((one) => [one.team, one.units.map((each) => each.code)]), [["T", ["a", "d"]]]);
});

test("the table steps from around today to whole months, over the year's end too", () => {
  const around = aroundToday("2026-11-26");
  assert.deepEqual(around, { first: "2026-11-25", days: 31 });
  assert.deepEqual(stepped(around, 1), { first: "2026-12-01", days: 31 });
  assert.deepEqual(stepped(around, -1), { first: "2026-11-01", days: 30 });
  assert.deepEqual(stepped(wholeMonth("2027-01-31"), -1), { first: "2026-12-01", days: 31 });
  assert.deepEqual(stepped(wholeMonth("2027-01-15"), 1), { first: "2027-02-01", days: 28 });
  assert.equal(daysAfter("2026-12-31", 1), "2027-01-01");
  assert.equal(dayAndTime(at("26T00:00:00"), "Asia/Shanghai"), "11-26 08:00");
});

const cell = (day: string, colour: TeamDay["colour"]): TeamDay => ({ day, version: 1, colour, filled: 0, seats: 0, short: [] });
const glance: Glance = {
  first: "2026-11-25",
  days: 2,
  today: "2026-11-26",
  published_until: null,
  calendar: [
    { day: "2026-11-25", holiday: null, weekend: false },
    { day: "2026-11-26", holiday: null, weekend: false },
  ],
  shifts: {},
  teams: [
    { code: "A", name: "", station: "", days: [cell("2026-11-25", "red"), cell("2026-11-26", "orange")] },
    { code: "B", name: "", station: "", days: [cell("2026-11-25", "green"), cell("2026-11-26", "red")] },
    { code: "C", name: "", station: "", days: [cell("2026-11-25", "green"), cell("2026-11-26", "yellow")] },
  ],
};

test("what needs an eye begins today, the worst of a day first", () => {
  assert.deepEqual(troubles(glance).map((one) => one.team), ["B", "A"]);
});

test("arrows stay within the table", () => {
  assert.deepEqual(walked(glance, { team: "A", day: "2026-11-25" }, "ArrowRight"), { team: "A", day: "2026-11-26" });
  assert.deepEqual(walked(glance, { team: "A", day: "2026-11-25" }, "ArrowDown"), { team: "B", day: "2026-11-25" });
  assert.equal(walked(glance, { team: "A", day: "2026-11-25" }, "ArrowUp"), null);
  assert.equal(walked(glance, { team: "C", day: "2026-11-26" }, "ArrowRight"), null);
});
