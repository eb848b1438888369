import assert from "node:assert/strict";
import { test } from "node:test";
import { home } from "./home.js";

// Node has no elements.
globalThis.HTMLElement ??= class {} as typeof HTMLElement;
const { HivenStrategy } = await import("../src/strategy.js");

const CONFIG = { type: "custom:hiven" };
const views = async (hass: ReturnType<typeof home>): Promise<string[]> =>
  (await HivenStrategy.generate(CONFIG, hass)).views.map(({ title }) => title);

test("a view that is open stays until the next visit", async () => {
  const two = home({ Aurora: { range: "200" }, Fjord: { range: "300" } });
  const fewerEntities = home({ Aurora: { range: "200" }, Fjord: { target_soc: "80" } });
  const one = home({ Aurora: { range: "200" } });
  assert.deepEqual(await views(two), ["Aurora", "Fjord"]);
  assert.equal(HivenStrategy.shouldRegenerate(CONFIG, two, fewerEntities), true);
  // Its entities go first; Home Assistant makes the dashboard when the car has gone as well.
  assert.equal(HivenStrategy.shouldRegenerate(CONFIG, fewerEntities, one), false);
  assert.deepEqual(await views(one), ["Aurora", "Fjord"]);
  assert.deepEqual(await views(one), ["Aurora"]);
});
