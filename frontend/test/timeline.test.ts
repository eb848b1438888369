import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOf } from "../src/format.js";
import { NO_PLAN, type Plan, type Slot } from "../src/plan.js";
import { ahead, ticks, timelineOf } from "../src/timeline.js";
import { HOUR, home, NIGHT } from "./home.js";

const NOW = NIGHT + HOUR / 2;
const MIDNIGHT = NIGHT - 2 * HOUR;

/** Slots from an hour on, counted from two in the morning. */
function slots(first: number, ...fractions: number[]): Slot[] {
  return fractions.map((fraction, index) => ({
    start: NIGHT + (first + index) * HOUR,
    end: NIGHT + (first + index + 1) * HOUR,
    fraction,
  }));
}

function layOut(plan: Partial<Plan>, wide = true) {
  return timelineOf({ ...NO_PLAN, ...plan }, NOW, MIDNIGHT, wide);
}

const hours = (stretches: { start: number; end: number; share: number }[]) =>
  stretches.map(({ start, end, share }) => [(start - NIGHT) / HOUR, (end - NIGHT) / HOUR, share]);

test("a day is shown, and more when more is known", () => {
  const { start, end } = layOut({});
  assert.deepEqual([start, end], [NIGHT, NIGHT + 24 * HOUR]);
  const prices = slots(0, ...Array<number>(40).fill(0)).map((slot) => ({ ...slot, price: 1 }));
  assert.equal(layOut({ slots: prices }).end, NIGHT + 36 * HOUR);
  assert.equal(layOut({ slots: prices }, false).end, NIGHT + 24 * HOUR);
  assert.equal(layOut({ readyTime: NIGHT + 29 * HOUR }, false).end, NIGHT + 30 * HOUR);
  const next = layOut({ nextReadyTime: NIGHT + 29 * HOUR }, false);
  assert.deepEqual([next.end, next.ready], [NIGHT + 30 * HOUR, NIGHT + 29 * HOUR]);
  assert.equal(layOut({ nextReadyTime: NIGHT + 40 * HOUR }, false).ready, undefined);
});

test("two days are the most; what is planned goes before what was charged", () => {
  const now = MIDNIGHT + 22 * HOUR;
  const sessions = [{ slots: slots(-1, 1) }];
  const timeline = (plan: Partial<Plan>) =>
    timelineOf({ ...NO_PLAN, sessions, ...plan }, now, MIDNIGHT, true);
  const near = timeline({ slots: slots(21, 1) });
  assert.deepEqual([near.start, near.end], [MIDNIGHT + HOUR, now + 24 * HOUR]);
  const far = timeline({ slots: slots(54, 1) });
  assert.deepEqual([far.end - far.start, far.hours.length], [48 * HOUR, 48]);
  assert.equal(far.planned.length, 1);
});

test("whole hours are whole, and what touches is one", () => {
  assert.deepEqual(hours(layOut({ slots: slots(2, 1, 1, 0, 1) }).planned), [
    [2, 4, 1],
    [5, 6, 1],
  ]);
});

test("a part of an hour lies where the windows have it", () => {
  const window = { start: NIGHT + 2 * HOUR, end: NIGHT + 3.5 * HOUR, part: false };
  const plan = { slots: slots(2, 1, 0.5), windows: [window] };
  assert.deepEqual(hours(layOut(plan).planned), [[2, 3.5, 1]]);
});

test("a part that nobody can place is a share of its hour", () => {
  const window = { start: NIGHT + 3 * HOUR, end: NIGHT + 4 * HOUR, part: true };
  const timeline = layOut({ slots: slots(3, 0.25), windows: [window] });
  assert.deepEqual(hours(timeline.planned), [[3, 4, 0.25]]);
  assert.equal(timeline.hours[3]?.planned, HOUR / 4);
});

test("quarters of an hour keep their length", () => {
  const quarter = { start: NIGHT + HOUR, end: NIGHT + 1.25 * HOUR, fraction: 1, price: 4 };
  const timeline = layOut({ slots: [quarter] });
  assert.deepEqual(hours(timeline.planned), [[1, 1.25, 1]]);
  assert.equal(timeline.hours[1]?.planned, HOUR / 4);
  assert.equal(timeline.hours[1]?.price, 4);
});

test("what is past is no longer planned", () => {
  assert.deepEqual(hours(layOut({ slots: slots(0, 1) }).planned), [[0.5, 1, 1]]);
});

test("what was charged today comes before, yesterday's does not", () => {
  const timeline = layOut({
    sessions: [
      { slots: slots(-3, 1, 1) },
      // It joins the next hour, and ends with the session.
      { slots: slots(-1, 0.25, 1), endedAt: NIGHT + HOUR / 4 },
    ],
  });
  assert.equal(timeline.start, MIDNIGHT);
  assert.deepEqual(hours(timeline.charged), [
    [-2, -1, 1],
    [-0.25, 0.5, 1],
  ]);
});

test("the last part of a session ends as the session did", () => {
  const endedAt = NIGHT - HOUR / 4;
  assert.deepEqual(hours(layOut({ sessions: [{ slots: slots(-2, 1, 0.5), endedAt }] }).charged), [
    [-2, -1, 1],
    [-0.75, -0.25, 1],
  ]);
});

test("the price of the time ahead is weighted by its shares", () => {
  const priced = slots(1, 1, 0.5).map((slot, index) => ({ ...slot, price: index === 0 ? 1 : 4 }));
  assert.deepEqual(ahead({ ...NO_PLAN, slots: priced }, NOW), { time: 1.5 * HOUR, price: 2 });
  // A missing price is not a price of nothing.
  const gap = [...priced, ...slots(3, 1)];
  assert.deepEqual(ahead({ ...NO_PLAN, slots: gap }, NOW), {
    time: 2.5 * HOUR,
    price: undefined,
  });
  assert.deepEqual(ahead(NO_PLAN, NOW), { time: 0, price: undefined });
});

test("times on the axis are those of the clock on the wall", () => {
  const { wall } = formatOf(home());
  const day = { ...layOut({}), start: MIDNIGHT, end: MIDNIGHT + 24 * HOUR };
  assert.deepEqual(
    ticks(day, 6, wall).map((moment) => wall(moment).hour),
    [0, 6, 12, 18],
  );
  // On the day on which the clocks go forward, there is no three o'clock.
  const start = Date.parse("2026-03-29T00:00:00+02:00");
  const spring = { ...day, start, end: start + 23 * HOUR };
  assert.deepEqual(
    ticks(spring, 3, wall).map((moment) => wall(moment).hour),
    [0, 6, 9, 12, 15, 18, 21],
  );
  const fall = Date.parse("2026-10-25T00:00:00+03:00");
  assert.deepEqual(
    ticks({ ...day, start: fall, end: fall + 25 * HOUR }, 3, wall).map(
      (moment) => wall(moment).hour,
    ),
    [0, 3, 6, 9, 12, 15, 18, 21],
  );
});
