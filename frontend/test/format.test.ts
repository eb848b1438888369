import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOf } from "../src/format.js";
import { HOUR, home, NIGHT } from "./home.js";

const format = (locale: Parameters<typeof home>[1]) => formatOf(home({}, locale));
const plain = (text: string) => text.replace(/[\u202f\u00a0\u2009]/g, " ");

test("times are as the reader has chosen", () => {
  assert.equal(format({ time_format: "24" }).time(NIGHT), "02:00");
  assert.equal(plain(format({ time_format: "12" }).time(NIGHT)), "2:00 AM");
  assert.equal(plain(format({ time_format: "language" }).time(NIGHT)), "2:00 AM");
  assert.equal(format({ language: "de", time_format: "language" }).time(NIGHT), "02:00");
  assert.equal(format({}).wallTime("07:30:00"), "07:30");
  assert.equal(plain(format({ time_format: "12" }).hour(NIGHT)), "2 AM");
  assert.equal(format({}).hour(NIGHT), "2");
});

test("the clock is the home's or the browser's", () => {
  // The tests run in Helsinki.
  assert.equal(format({ time_zone: "local" }).time(NIGHT), "02:00");
  const elsewhere = { ...home(), config: { time_zone: "America/New_York" } };
  assert.equal(formatOf(elsewhere).time(NIGHT), "19:00");
});

test("ranges never show dates", () => {
  const { range } = format({});
  assert.equal(range(NIGHT, NIGHT + HOUR), "02:00–03:00");
  assert.equal(range(NIGHT - 4 * HOUR, NIGHT), "22:00–02:00");
  const amPm = format({ time_format: "12" }).range;
  assert.match(plain(amPm(NIGHT, NIGHT + HOUR)), /^2:00\s*–\s*3:00 AM$/);
  assert.equal(plain(amPm(NIGHT - 4 * HOUR, NIGHT)), "10:00 PM–2:00 AM");
});

test("the times of a range look like other times", () => {
  for (const language of ["da", "de", "fi", "nb", "sv"]) {
    const { range, time } = format({ language });
    assert.equal(range(NIGHT, NIGHT + HOUR), `${time(NIGHT)}–${time(NIGHT + HOUR)}`, language);
  }
});

test("durations read as hours and minutes", () => {
  const { duration } = format({});
  assert.equal(duration(3.5 * HOUR), "3 hr 30 min");
  assert.equal(duration(2 * HOUR), "2 hr");
  assert.equal(duration(20 * 60_000), "20 min");
  assert.equal(duration(0), "0 min");
});

test("numbers are as the reader has chosen", () => {
  assert.equal(plain(format({ language: "fi" }).price(0.0412, "EUR")), "0,041 €/kWh");
  const commas = format({ number_format: "decimal_comma" });
  assert.equal(plain(commas.price(0.0412, "EUR")), "0,041 €/kWh");
  assert.equal(commas.price(-0.5, undefined), "-0,500/kWh");
  assert.equal(format({}).percent(40), "40%");
});

test("a day begins at midnight, also when the clocks change on it", () => {
  const { startOfDay } = format({});
  for (const [now, start] of [
    ["2026-11-29T02:10:00+02:00", "2026-11-29T00:00:00+02:00"],
    ["2026-03-29T20:00:00+03:00", "2026-03-29T00:00:00+02:00"],
    ["2026-10-25T20:00:00+02:00", "2026-10-25T00:00:00+03:00"],
    ["2026-10-25T01:00:00+03:00", "2026-10-25T00:00:00+03:00"],
  ] as const) {
    assert.equal(startOfDay(Date.parse(now)), Date.parse(start), now);
  }
});
