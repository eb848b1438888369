import assert from "node:assert/strict";
import { test } from "node:test";
import { HivenTargetGauge } from "../src/target-gauge.js";
import { home } from "./home.js";
import { htmlOf } from "./templates.js";

class Gauge extends HivenTargetGauge {
  get html(): string {
    return htmlOf(this.render());
  }
}
customElements.define("test-target-gauge", Gauge);

test("the mark stays within the bar", () => {
  const hass = home({ Zoe: { state_of_charge: "54", target_soc: "100" } });
  const [charge, target] = Object.keys(hass.states);
  Object.assign(hass.states[target ?? ""]?.attributes ?? {}, { unit_of_measurement: "%" });
  const gauge = Object.assign(new Gauge(), { hass, context: { entity_id: charge } });
  assert.match(gauge.html, /inset-inline-start:clamp\(2px,100%,100% - 2px\)/);
});
