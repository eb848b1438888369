import assert from "node:assert/strict";
import { test } from "node:test";
import { type PropertyValues, ReactiveElement } from "lit";
import { HivenWeekCard } from "../src/week-card.js";
import { home } from "./home.js";
import { listenersOf } from "./templates.js";

globalThis.requestAnimationFrame = (done) => Number(setImmediate(done, 0)) || 0;

// A card that keeps its template, and what it focuses.
class WeekCard extends HivenWeekCard {
  template: unknown;
  focused = "";
  /** What is typed, but not yet reported. */
  typed: string | undefined;

  protected override createRenderRoot = () => this as unknown as ShadowRoot;
  protected override update(changed: PropertyValues) {
    this.template = this.render();
    Reflect.apply(Reflect.get(ReactiveElement.prototype, "update"), this, [changed]);
  }
  override querySelector = (selector: string) => ({
    focus: () => {
      this.focused = selector;
      const { typed: value } = this;
      this.typed = undefined;
      const event = { stopPropagation() {}, detail: { value } };
      for (const report of listenersOf(this.template, "value-changed")) report(event);
    },
  });
}
customElements.define("test-editable-week", WeekCard);
customElements.define("ha-time-input", class extends ReactiveElement {});

async function week() {
  const times: unknown[] = [];
  const hass = home(
    { Zoe: { ready_time_monday: "06:00:00", ready_time_tuesday: "08:00:00" } },
    { first_weekday: "monday" },
  );
  const card = new WeekCard();
  card.setConfig({ type: "custom:card", device_id: "id of Zoe" });
  card.hass = {
    ...hass,
    callService: async (_domain, _service, data = {}) => {
      times.push(data.time ?? data.clear_days);
    },
  };
  card.connectedCallback();
  const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
  await settled();
  const click = async (index: number) => {
    await listenersOf(card.template, "click")[index]?.({});
    await settled();
  };
  const press = async (key: string, target: string, ...path: string[]) => {
    const event = {
      key,
      target: { localName: target },
      composedPath: () => path.map((localName) => ({ localName })),
      preventDefault() {},
      stopPropagation() {},
    };
    for (const listener of listenersOf(card.template, "keydown")) listener(event);
    await settled();
  };
  const isOpen = () => listenersOf(card.template, "keydown").length > 0;
  return { card, times, click, press, isOpen };
}

/** The buttons: with closed rows, and in the open row of Monday. */
const MONDAY = 1;
const CLEAR_MONDAY = 2;
const TUESDAY = 3;
const SAVE = 2;

test("a tap on the tick takes what is typed", async (context) => {
  const { card, times, click, isOpen } = await week();
  context.after(() => card.disconnectedCallback());
  await click(MONDAY);
  assert.ok(isOpen());
  card.typed = "06:30:00";
  await click(SAVE);
  assert.deepEqual(times, ["06:30:00"]);
  assert.equal(card.focused, '[data-slot="monday"] .row');
});

test("what is typed in a row is stored when another opens", async (context) => {
  const { card, times, click, isOpen } = await week();
  context.after(() => card.disconnectedCallback());
  await click(MONDAY);
  card.typed = "06:30:00";
  await click(TUESDAY);
  assert.deepEqual(times, ["06:30:00"]);
  assert.ok(isOpen());
});

test("a row that nobody changed closes when another opens", async (context) => {
  const { card, times, click } = await week();
  context.after(() => card.disconnectedCallback());
  await click(MONDAY);
  await click(TUESDAY);
  assert.deepEqual(times, []);
});

test("the row has the focus when its cross is gone", async (context) => {
  const { card, times, click } = await week();
  context.after(() => card.disconnectedCallback());
  await click(CLEAR_MONDAY);
  assert.deepEqual(times, [["monday"]]);
  assert.equal(card.focused, '[data-slot="monday"] .row');
});

test("Enter stores the time, but opens the choice of AM or PM", async (context) => {
  const { card, times, click, press, isOpen } = await week();
  context.after(() => card.disconnectedCallback());
  await click(MONDAY);
  await press("Enter", "ha-time-input", "ha-picker-field", "ha-select", "ha-time-input");
  assert.ok(isOpen());
  // In the open menu, Escape closes only the menu.
  await press("Escape", "ha-time-input", "ha-dropdown-item", "ha-select", "ha-time-input");
  assert.ok(isOpen());
  await press("Enter", "ha-time-input", "ha-input", "ha-time-input");
  assert.deepEqual([times, isOpen()], [["06:00:00"], false]);
});

test("Escape closes the row and changes nothing", async (context) => {
  const { card, times, click, press, isOpen } = await week();
  context.after(() => card.disconnectedCallback());
  await click(MONDAY);
  await press("Escape", "ha-time-input", "ha-input", "ha-time-input");
  assert.deepEqual([times, isOpen()], [[], false]);
});
