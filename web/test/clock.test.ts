import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerClock, duration, minutes, timeOfDay } from "../src/clock.ts";
import { backoffMs } from "../src/net/backoff.ts";

test("a clock that is minutes off is corrected by half the way there and back", () => {
  const clock = new ServerClock();
  clock.learn(1_000, 1_100, 301_050);
  assert.equal(clock.at(2_000), 302_000);
});

test("a slow exchange does not spoil what a quick one taught", () => {
  const clock = new ServerClock();
  clock.learn(0, 10, 1_005);
  clock.learn(2_000, 4_000, 4_900);
  assert.equal(clock.at(5_000), 6_000);
});

test("a hint counts only while nothing better is known", () => {
  const clock = new ServerClock();
  clock.hint(0, 500);
  assert.equal(clock.at(100), 600);
  clock.learn(1_000, 1_000, 1_000);
  clock.hint(2_000, 9_000);
  assert.equal(clock.at(2_000), 2_000);
});

test("durations count up in whole seconds and down to the deadline's own second", () => {
  assert.equal(duration(0), "00:00");
  assert.equal(duration(61_999), "01:01");
  assert.equal(duration(3_725_000), "1:02:05");
  assert.equal(duration(-400), "−00:01");
});

test("times are shown in the county's zone, whatever the browser's", () => {
  assert.equal(timeOfDay(Date.parse("2026-11-22T16:05:09.000Z"), "Asia/Shanghai"), "00:05:09");
  assert.equal(minutes(246), "4.1");
});

test("reconnecting waits longer each time, within bounds and never in step", () => {
  assert.equal(backoffMs(0, 0), 125);
  assert.equal(backoffMs(3, 1), 2000);
  assert.equal(backoffMs(50, 1), 8000);
});
