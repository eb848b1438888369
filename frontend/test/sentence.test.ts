import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOf } from "../src/format.js";
import { NO_PLAN, type Window } from "../src/plan.js";
import { type Situation, sentenceOf } from "../src/sentence.js";
import { HOUR, home, NIGHT, say } from "./home.js";

const FORMAT = formatOf(home());

function window(start: number, end: number, part = false): Window {
  return { start: NIGHT + start * HOUR, end: NIGHT + end * HOUR, part };
}

function sentence(
  status: string | undefined,
  windows: Window[] = [],
  more: Partial<Situation> & { ready?: number } = {},
) {
  const { ready, ...situation } = more;
  const { text, hint, tone } = sentenceOf(
    {
      status,
      plan: {
        ...NO_PLAN,
        windows,
        ...(ready === undefined ? {} : { readyTime: NIGHT + ready * HOUR }),
      },
      now: NIGHT + 0.1 * HOUR,
      chargeNow: false,
      charging: false,
      pluggedIn: true,
      notReadyInTime: false,
      chargeNowName: "Charge now",
      details: "3 hr planned",
      ...situation,
    },
    say,
    FORMAT,
  );
  return [text, hint, tone];
}

test("a plan in one sentence", () => {
  assert.deepEqual(sentence("waiting", [window(2, 3.5)], { ready: 5 }), [
    "Charges 04:00–05:30, ready by 07:00",
    "3 hr planned",
    "planned",
  ]);
  assert.deepEqual(
    sentence("waiting", [window(1, 2), window(3, 3.25)])[0],
    "Charges 03:00–04:00 and 05:00–05:15",
  );
  assert.deepEqual(
    sentence("waiting", [window(1, 2), window(3, 4), window(5, 6)])[0],
    "Charges in 3 parts, 03:00–08:00",
  );
  assert.deepEqual(sentence("waiting", [window(1, 2, true)])[0], "Charges between 03:00 and 04:00");
});

test("a part of an hour is not spoken of as whole", () => {
  assert.equal(
    sentence("waiting", [window(0, 1), window(4, 5, true)])[0],
    "Charges in 2 parts, 02:00–07:00",
  );
  const rest = [window(2, 3), window(4, 5)];
  assert.equal(
    sentence("charging_as_planned", [window(0, 1), window(4, 5, true)])[1],
    "Then between 06:00 and 07:00",
  );
  assert.equal(
    sentence("charging_as_planned", [window(0, 1), ...rest, window(7, 8)])[1],
    "Then between 04:00 and 10:00",
  );
});

test("a time of another day has its day", () => {
  assert.equal(
    sentence("waiting", [window(25, 26)], { ready: 29 })[0],
    "Charges Mon 03:00–04:00, ready by Mon 07:00",
  );
  assert.equal(sentence("waiting", [window(21, 23)])[0], "Charges 23:00–01:00");
});

test("a running charge says until when, and what comes then", () => {
  assert.deepEqual(sentence("charging_as_planned", [window(0, 1)], { ready: 5 }), [
    "Charges until 03:00, ready by 07:00",
    "3 hr planned",
    "charging",
  ]);
  assert.deepEqual(sentence("charging_as_planned", [window(-1, 1), window(2, 3)]), [
    "Charges until 03:00",
    "Then 04:00–05:00",
    "charging",
  ]);
  // It is not known when a part of an hour ends.
  assert.equal(sentence("charging_as_planned", [window(0, 1, true)])[0], "Charges as planned");
  assert.equal(sentence("charging_as_planned")[0], "Charges as planned");
});

test("what has ended is no longer spoken of", () => {
  assert.equal(sentence("waiting", [window(-2, -1), window(2, 3)])[0], "Charges 04:00–05:00");
});

test("why nothing happens, and what to do", () => {
  const cases: [string, string, string, string][] = [
    [
      "off",
      "Smart charging is off",
      "To use the cheap hours, choose a smart charging behavior.",
      "idle",
    ],
    [
      "not_plugged_in",
      "Not plugged in",
      "Plug it in to charge it smartly · Ready by 07:00",
      "idle",
    ],
    ["target_reached", "Charged to its target", "Raise the charge target to charge more.", "done"],
    ["no_plan", "Nothing planned", "The plan shows here once Hiven has made it.", "idle"],
    [
      "no_ready_time",
      "No ready time",
      "Set one under Ready times, so that Hiven can plan.",
      "warning",
    ],
    ["waiting", "Waits for cheap hours", "Ready by 07:00", "planned"],
  ];
  for (const [status, ...expected] of cases) {
    assert.deepEqual(sentence(status, [], { ready: 5 }), expected, status);
  }
});

test("charging that was not planned", () => {
  assert.deepEqual(sentence("charging_to_minimum", [window(2, 3)]), [
    "Charges to its minimum first",
    "Then 04:00–05:00",
    "charging",
  ]);
  assert.equal(sentence("charging_outside_plan")[0], "Charges outside the plan");
  assert.equal(sentence("off", [], { charging: true })[0], "Charges at once");
  assert.deepEqual(sentence("off", [], { chargeNow: true, charging: true }), [
    "Charges at once",
    "Smart charging returns when the car is full or unplugged.",
    "charging",
  ]);
  assert.deepEqual(sentence("charging_outside_plan", [], { ready: 5 })[1], "Ready by 07:00");
});

test("a car charges at once only when it does", () => {
  const chargeNow = true;
  assert.deepEqual(sentence("off", [], { chargeNow, pluggedIn: false }), [
    "Will charge at once",
    "Plug it in",
    "idle",
  ]);
  for (const pluggedIn of [true, undefined]) {
    assert.deepEqual(sentence("off", [], { chargeNow, pluggedIn }), [
      "Will charge at once",
      "Smart charging returns when the car is full or unplugged.",
      "planned",
    ]);
  }
  assert.deepEqual(sentence("off", [], { pluggedIn: false }), [
    "Will charge at once",
    "Plug it in · To use the cheap hours, choose a smart charging behavior.",
    "idle",
  ]);
});

test("what is not known yet is waited for", () => {
  assert.deepEqual(sentence("unknown", [], { ready: 5 }), [
    "Waiting for data from Hiven",
    "Ready by 07:00",
    "idle",
  ]);
  assert.equal(sentence("unknown", [window(1, 2)])[0], "Charges 03:00–04:00");
});

test("without a plan, too, it is known when the car is to be ready", () => {
  const plan = { ...NO_PLAN, nextReadyTime: NIGHT + 29 * HOUR };
  assert.equal(sentence("waiting", [], { plan })[1], "Ready by Mon 07:00");
  // What the plan was made for counts as long as it is ahead.
  const last = { ...plan, readyTime: NIGHT + 5 * HOUR };
  assert.equal(sentence("waiting", [], { plan: last })[1], "Ready by 07:00");
  const past = { ...plan, readyTime: NIGHT };
  assert.equal(sentence("waiting", [], { plan: past })[1], "Ready by Mon 07:00");
});

test("a car that will be late says so, and what helps", () => {
  assert.deepEqual(sentence("waiting", [window(1, 5)], { ready: 5, notReadyInTime: true }), [
    "Charges 03:00–07:00",
    "Will not be ready in time · Turn on “Charge now”",
    "warning",
  ]);
  const without = { notReadyInTime: true, chargeNowName: undefined };
  assert.equal(sentence("waiting", [window(1, 5)], without)[1], "Will not be ready in time");
  assert.deepEqual(sentence("not_plugged_in", [], { ready: 5, notReadyInTime: true }), [
    "Not plugged in",
    "Will not be ready in time · Plug it in now",
    "warning",
  ]);
  const unplugged = { notReadyInTime: true, pluggedIn: false };
  assert.equal(sentence("unknown", [], unplugged)[1], "Will not be ready in time · Plug it in now");
});

test("an older version without a status speaks of the plan", () => {
  assert.equal(sentence(undefined, [window(1, 2)])[0], "Charges 03:00–04:00");
  assert.equal(sentence(undefined)[0], "Nothing planned");
});
