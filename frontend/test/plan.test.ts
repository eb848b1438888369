import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOf } from "../src/format.js";
import { NO_PLAN, parsePlan } from "../src/plan.js";
import { ahead } from "../src/timeline.js";
import { HOUR, home, NIGHT } from "./home.js";

const HOURS = [
  { start: "2026-11-29T03:00:00+02:00", end: "2026-11-29T04:00:00+02:00", fraction: 0.5 },
  { start: "2026-11-29T02:00:00+02:00", end: "2026-11-29T03:00:00+02:00", fraction: 1, price: 0.1 },
];

test("an answer is read, in the order of time", () => {
  const plan = parsePlan({
    hours: HOURS,
    windows: [
      { start: "2026-11-29T02:00:00+02:00", end: "2026-11-29T03:30:00+02:00" },
      { start: "2026-11-29T05:00:00+02:00", end: "2026-11-29T06:00:00+02:00", part: true },
    ],
    ready_time: "2026-11-29T07:00:00+02:00",
    next_ready_time: "2026-11-30T07:00:00+02:00",
    currency: "EUR",
    spot_price_area: "FI",
    sessions: [{ hours: [], status: "complete", ended_at: "2026-11-28T05:00:00+02:00" }],
  });
  assert.deepEqual(plan, {
    slots: [
      { start: NIGHT, end: NIGHT + HOUR, fraction: 1, price: 0.1 },
      { start: NIGHT + HOUR, end: NIGHT + 2 * HOUR, fraction: 0.5 },
    ],
    windows: [
      { start: NIGHT, end: NIGHT + 1.5 * HOUR, part: false },
      { start: NIGHT + 3 * HOUR, end: NIGHT + 4 * HOUR, part: true },
    ],
    readyTime: NIGHT + 5 * HOUR,
    nextReadyTime: NIGHT + 29 * HOUR,
    currency: "EUR",
    sessions: [{ slots: [], endedAt: NIGHT - 21 * HOUR }],
  });
});

test("what is not as it should be is left out", () => {
  for (const answer of [undefined, null, "", [], {}, { hours: 1, windows: null, sessions: {} }]) {
    assert.deepEqual(parsePlan(answer), NO_PLAN);
  }
  const plan = parsePlan({
    hours: [
      null,
      { start: "soon", end: "later", fraction: 1 },
      { start: HOURS[1]?.end, end: HOURS[1]?.start, fraction: 1 },
      { ...HOURS[0], fraction: 7, price: "cheap" },
    ],
    ready_time: "never",
    currency: "shells",
  });
  assert.deepEqual(plan, {
    ...NO_PLAN,
    slots: [{ start: NIGHT + HOUR, end: NIGHT + 2 * HOUR, fraction: 1 }],
  });
});

test("how long and from when to when are one and the same", () => {
  const plan = parsePlan({
    hours: [{ ...HOURS[1], fraction: 0.6611 }],
    windows: [{ start: "2026-11-29T02:00:00+02:00", end: "2026-11-29T02:39:40+02:00" }],
  });
  const { range, duration } = formatOf(home());
  const [window] = plan.windows;
  assert.ok(window);
  assert.match(range(window.start, window.end), /^02:00\s*–\s*02:39$/);
  assert.equal(duration(ahead(plan, NIGHT).time), "39 min");
});
