import assert from "node:assert/strict";
import { test } from "node:test";
import { formatOf } from "../src/format.js";
import { NO_PLAN, type Plan } from "../src/plan.js";
import { HivenPlanChart } from "../src/plan-chart.js";
import { HOUR, home, NIGHT, say } from "./home.js";
import { htmlOf } from "./templates.js";

globalThis.ResizeObserver = class {
  observe() {}
  unobserve() {}
  disconnect() {}
};

class Chart extends HivenPlanChart {
  get html(): string {
    return htmlOf(this.render());
  }
}
customElements.define("test-plan-chart", Chart);

function chart(plan: Partial<Plan>): Chart {
  return Object.assign(new Chart(), {
    plan: { ...NO_PLAN, ...plan },
    now: NIGHT + HOUR / 2,
    format: formatOf(home()),
    say,
  });
}

/** An hour, counted from two in the morning. */
function slot(hour: number, fraction: number, price?: number) {
  const start = NIGHT + hour * HOUR;
  return { start, end: start + HOUR, fraction, ...(price === undefined ? {} : { price }) };
}

const labels = (each: Chart) =>
  [...each.html.matchAll(/aria-label=(\w+ \d\d:.*)/g)].map((match) => match[1] ?? "");

test("the keyboard reaches the chart when the tapped hour has left it", () => {
  const focusable = (chosen: number) => {
    const tapped = chart({ slots: [slot(2, 1)] });
    Reflect.set(tapped, "chosen", chosen);
    return [...tapped.html.matchAll(/data-start=(\d+)\s+tabindex=0/g)].map((match) =>
      Number(match[1]),
    );
  };
  assert.deepEqual(focusable(NIGHT + 3 * HOUR), [NIGHT + 3 * HOUR]);
  assert.deepEqual(focusable(NIGHT - 3 * HOUR), [NIGHT]);
});

test("only an hour that the plan covers does not charge", () => {
  const rests = (plan: Partial<Plan>) =>
    labels(chart(plan)).flatMap((label, hour) => (label.includes("does not charge") ? [hour] : []));
  const readyTime = NIGHT + 5 * HOUR;
  // Not the running hour: the car may charge outside the plan.
  assert.deepEqual(rests({ slots: [slot(2, 1)], readyTime }), [1, 3, 4]);
  assert.deepEqual(rests({ slots: [slot(2, 0, 1)], readyTime }), []);
  const sessions = [{ slots: [slot(-2, 1), slot(-1, 0)] }];
  assert.deepEqual(rests({ slots: [slot(2, 1)], readyTime, sessions }), [3, 5, 6]);
});

test("a part of an hour colors that part of its bar", () => {
  const colored = (plan: Partial<Plan>) =>
    [...chart(plan).html.matchAll(/height=([\d.]+)><\/rect>/g)].map((match) => Number(match[1]));
  assert.deepEqual(colored({ slots: [slot(1, 0.4, 2), slot(3, 1, 4)] }), [0.4 * 53, 100]);
  assert.deepEqual(colored({ slots: [slot(1, 0.5)] }), [30]);
});

test("the chart stays when there is nothing left to draw", () => {
  const empty = chart({});
  assert.equal(empty.html, "");
  const emptied = chart({ slots: [slot(2, 1)] });
  assert.match(emptied.html, /class="plot"/);
  emptied.plan = NO_PLAN;
  assert.match(emptied.html, /class="plot"/);
  emptied.plan = undefined;
  assert.doesNotMatch(emptied.html, /class="plot"/);
  emptied.plan = NO_PLAN;
  assert.equal(emptied.html, "");
});
