import assert from "node:assert/strict";
import { test } from "node:test";
import { type Changes, callsFor, dayName, dayOf, weekOf } from "../src/week.js";
import { home, NIGHT } from "./home.js";

const first = (locale: Parameters<typeof home>[1]) => weekOf(home({}, locale).locale)[0];

test("a week begins when it does for its reader", () => {
  assert.equal(first({ language: "fi" }), "monday");
  assert.equal(first({ language: "en" }), "sunday");
  assert.equal(first({ language: "en", first_weekday: "saturday" }), "saturday");
  assert.equal(first({ language: "not a language" }), "monday");
  assert.deepEqual(weekOf(home({}, { first_weekday: "friday" }).locale), [
    "friday",
    "saturday",
    "sunday",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
  ]);
});

test("days have the names of the language", () => {
  assert.equal(dayName("monday", "fi"), "maanantai");
  assert.equal(dayName("sunday", "de"), "Sonntag");
});

test("today is today where the clock hangs", () => {
  assert.equal(dayOf(NIGHT, "Europe/Helsinki"), "sunday");
  assert.equal(dayOf(NIGHT, "America/New_York"), "saturday");
});

const calls = (changes: [string, string | null][]) =>
  callsFor(new Map(changes) as Changes, "car", (key) => `time.${key}`).map(
    ({ domain, service, data }) => [`${domain}.${service}`, data],
  );

test("one day is set by its entity", () => {
  assert.deepEqual(calls([["monday", "06:30:00"]]), [
    ["time.set_value", { entity_id: "time.ready_time_monday", time: "06:30:00" }],
  ]);
  assert.deepEqual(calls([["every_day", "06:30:00"]]), [
    ["time.set_value", { entity_id: "time.ready_time", time: "06:30:00" }],
  ]);
});

test("days with the same time go in one call, and so do cleared ones", () => {
  assert.deepEqual(
    calls([
      ["monday", "06:30:00"],
      ["tuesday", null],
      ["wednesday", "06:30:00"],
      ["thursday", null],
      ["every_day", "06:30:00"],
    ]),
    [
      [
        "hiven.set_charging_preferences",
        { device_id: "car", days: ["monday", "wednesday"], ready_time: "06:30:00" },
      ],
      ["hiven.set_charging_preferences", { device_id: "car", clear_days: ["tuesday", "thursday"] }],
      ["time.set_value", { entity_id: "time.ready_time", time: "06:30:00" }],
    ],
  );
});
