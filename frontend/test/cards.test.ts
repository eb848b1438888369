import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type PropertyValues, ReactiveElement, type TemplateResult } from "lit";
import type { HomeAssistant } from "../src/home-assistant.js";
import { HivenPlanCard } from "../src/plan-card.js";
import { HivenWeekCard } from "../src/week-card.js";
import { HOUR, home } from "./home.js";

/** Return the texts in a template, in order. */
function wordsOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(wordsOf).join(" ");
  if (typeof value === "string") return value;
  const { values } = (value ?? {}) as Partial<TemplateResult>;
  return values === undefined ? "" : wordsOf(values);
}

/** Do what Lit does in an update, except rendering. */
function markUpdated(card: ReactiveElement, changed: unknown): void {
  Reflect.apply(Reflect.get(ReactiveElement.prototype, "update"), card, [changed]);
}

// A card whose texts are collected instead of rendered.
class WeekCard extends HivenWeekCard {
  shown = "";
  protected override createRenderRoot = () => this as unknown as ShadowRoot;
  protected override update(changed: PropertyValues) {
    this.shown = wordsOf(this.render());
    markUpdated(this, changed);
  }
}

class PlanCard extends HivenPlanCard {
  shown = "";
  protected override createRenderRoot = () => this as unknown as ShadowRoot;
  protected override update(changed: PropertyValues) {
    this.shown = wordsOf(this.render());
    markUpdated(this, changed);
  }
}

function onPage<T extends WeekCard | PlanCard>(card: T, hass: HomeAssistant): T {
  card.setConfig({ type: "custom:card", device_id: "id of Zoe" });
  card.hass = hass;
  card.connectedCallback();
  return card;
}

const updated = () => new Promise<void>((resolve) => setImmediate(resolve));

function clockAt(context: TestContext, now: string): void {
  context.mock.timers.enable({ apis: ["setTimeout", "Date"], now: Date.parse(now) });
}

customElements.define("test-week-card", WeekCard);
customElements.define("test-plan-card", PlanCard);
const ZOE = { Zoe: { ready_time: "07:00:00", smart_charging_status: "unknown" } };

for (const [name, before, midnight] of [
  ["as any other", "2026-11-28T23:59:30+02:00", "2026-11-29T00:00:00+02:00"],
  ["before the clocks go forward", "2026-03-28T23:59:30+02:00", "2026-03-29T00:00:00+02:00"],
  ["after the clocks went forward", "2026-03-29T23:59:30+03:00", "2026-03-30T00:00:00+03:00"],
  ["after the clocks went back", "2026-10-25T23:59:30+02:00", "2026-10-26T00:00:00+02:00"],
] as const) {
  test(`the week knows the new day at midnight, ${name}`, async (context) => {
    clockAt(context, before);
    const card = onPage(new WeekCard(), home(ZOE));
    await updated();
    const today = () => /(\w+day) Today/.exec(card.shown)?.[1];
    const dayBefore = today();
    context.mock.timers.tick(29_000);
    await updated();
    assert.equal(today(), dayBefore);
    context.mock.timers.tick(1_000);
    assert.equal(Date.now(), Date.parse(midnight));
    await updated();
    const expected = new Date(Date.parse(midnight) + HOUR).toLocaleDateString("en", {
      weekday: "long",
      timeZone: "Europe/Helsinki",
    });
    assert.notEqual(expected, dayBefore);
    assert.equal(today(), expected);
  });
}

test("a card that has left the page lets the clock be", async (context) => {
  clockAt(context, "2026-11-28T23:59:30+02:00");
  const card = onPage(new WeekCard(), home(ZOE));
  await updated();
  const { shown } = card;
  card.disconnectedCallback();
  context.mock.timers.tick(HOUR);
  await updated();
  assert.equal(card.shown, shown);
});

test("a car that is gone is not there; a card without one asks for it", async (context) => {
  const card = new WeekCard();
  context.after(() => card.disconnectedCallback());
  card.hass = home(ZOE);
  card.connectedCallback();
  card.setConfig({ type: "custom:card", device_id: "id of Sold" });
  await updated();
  assert.equal(card.shown, "ui.components.target-picker.device_not_found");
  card.setConfig({ type: "custom:card" } as never);
  await updated();
  assert.equal(card.shown, "Choose a car in the card's settings.");
});

test("the plan card waits for what is not known, and says what failed", async (context) => {
  clockAt(context, "2026-11-29T02:00:00+02:00");
  let fail: (error: Error) => void = () => {};
  const answer = new Promise<never>((_, reject) => {
    fail = reject;
  });
  const card = onPage(new PlanCard(), { ...home(ZOE), callWS: () => answer });
  await updated();
  assert.match(card.shown, /Waiting for data from Hiven/);
  fail(new Error("no route"));
  await updated();
  assert.match(card.shown, /Waiting for data from Hiven The plan cannot be read: no route/);
});
