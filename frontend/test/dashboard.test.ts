import assert from "node:assert/strict";
import { test } from "node:test";
import { dashboardOf, fingerprint, SECTIONS } from "../src/dashboard.js";
import type { HomeAssistant } from "../src/home-assistant.js";
import { home } from "./home.js";

const TYPE = "custom:hiven";
const ENTITIES = {
  state_of_charge: "54",
  target_soc: "80",
  charge_now: "off",
  smart_charging_status: "waiting",
};

interface Card {
  type: string;
  entity?: string;
  device_id?: string;
  heading?: string;
}

function views(hass: HomeAssistant, config: object = {}) {
  return dashboardOf({ type: TYPE, ...config }, hass).views.map((view) => ({
    ...view,
    cards: ((view.sections ?? []) as { cards: Card[] }[]).map(({ cards }) => cards),
  }));
}

test("every car has a view, in the order of their names", () => {
  const made = views(home({ Zoe: ENTITIES, "Äiti’s ID.4": ENTITIES }, { language: "en" }));
  assert.deepEqual(
    made.map(({ title, path }) => [title, path]),
    [
      ["Äiti’s ID.4", "aiti-s-id-4"],
      ["Zoe", "zoe"],
    ],
  );
});

test("cars of one name have views of their own", () => {
  const hass = home({ Zoe: ENTITIES, Other: ENTITIES });
  const [first, second] = Object.values(hass.devices);
  assert.ok(first && second);
  second.name_by_user = first.name as string;
  assert.deepEqual(
    views(hass).map(({ path }) => path),
    ["zoe", "car-id of Other"],
  );
});

test("entities are found by what they are, whatever their ids", () => {
  const hass = home({ Zoe: ENTITIES });
  const ids = Object.keys(hass.entities);
  const shown = views(hass)[0]
    ?.cards.flat()
    .flatMap(({ entity }) => entity ?? []);
  assert.deepEqual(new Set(shown), new Set([ids[0], ids[1], ids[2]]));
  assert.ok(
    views(hass)[0]
      ?.cards.flat()
      .some((card) => card.device_id === "id of Zoe"),
  );
});

test("without the plan the status takes its place", () => {
  const hass = home({ Zoe: ENTITIES });
  const [view] = views(hass, { sections: ["now"] });
  assert.equal(view?.cards.length, 1);
  assert.ok(view?.cards[0]?.some(({ entity }) => entity === Object.keys(hass.entities)[3]));
});

test("graphs stand side by side, and one alone takes one column", () => {
  const sections = (entities: Record<string, string>) =>
    (dashboardOf({ type: TYPE }, home({ Zoe: entities })).views[0]?.sections ?? []) as {
      column_span?: number;
    }[];
  assert.equal(sections({ ...ENTITIES, energy_charged: "3" }).at(-1)?.column_span, 2);
  assert.equal(sections(ENTITIES).at(-1)?.column_span, 1);
});

test("nothing stands twice, and names have room", () => {
  const hass = home({
    Zoe: { charging_behavior: "SMART", target_soc: "80", planned_charging_price: "0.03" },
  });
  const [behavior, target, price] = Object.keys(hass.entities);
  const cards = views(hass, { sections: ["plan", "settings"] })[0]?.cards.flat() ?? [];
  const tile = (entity?: string) => cards.find((card) => card.entity === entity) ?? {};
  assert.ok(!JSON.stringify(cards).includes(`"${price}"`));
  assert.ok("hide_state" in tile(behavior));
  assert.deepEqual(
    { ...tile(target), features: undefined },
    {
      type: "tile",
      entity: target,
      name: { type: "entity" },
      features: undefined,
      grid_options: { columns: 12 },
    },
  );
});

test("sections keep their order, and nothing chosen is all", () => {
  const headings = (sections?: string[]) =>
    views(home({ Zoe: ENTITIES }), { sections })[0]?.cards.map(([card]) => card?.heading);
  assert.deepEqual(headings(["history", "plan"]), ["Plan", "History"]);
  assert.equal(headings([])?.length, SECTIONS.length);
  assert.equal(headings()?.length, SECTIONS.length);
});

test("what people hide or disable is not shown", () => {
  const hass = home({ Zoe: { state_of_charge: "54" } });
  for (const entity of Object.values(hass.entities)) entity.hidden = true;
  assert.deepEqual(
    views(hass)[0]?.cards.map(([card]) => card?.heading),
    ["Plan", "Ready times"],
  );
});

test("only chosen cars are shown", () => {
  const hass = home({ Zoe: ENTITIES, Leaf: ENTITIES });
  assert.deepEqual(
    views(hass, { cars: ["id of Leaf"] }).map(({ title }) => title),
    ["Leaf"],
  );
});

test("all cars are shown when those chosen are gone", () => {
  const hass = home({ Zoe: ENTITIES, Leaf: ENTITIES });
  const titles = (...cars: string[]) => views(hass, { cars }).map(({ title }) => title);
  assert.deepEqual(titles("id of Sold"), ["Leaf", "Zoe"]);
  assert.deepEqual(titles("id of Sold", "id of Zoe"), ["Zoe"]);
});

test("an account without cars says what to do", () => {
  const [view] = dashboardOf({ type: TYPE }, { ...home(), user: { is_admin: true } }).views;
  const [card] = (view?.cards ?? []) as (Card & { title: string; buttons?: unknown[] })[];
  assert.equal(card?.type, "empty-state");
  assert.equal(card?.title, "No car yet");
  assert.equal(card?.buttons?.length, 1);
});

test("a dashboard is made anew for a car, a name and an id, and for nothing else", () => {
  const before = home({ Zoe: ENTITIES });
  const foreign = { entity_id: "light.lamp", device_id: "lamp", platform: "hue" };
  const other = { ...before, entities: { ...before.entities, "light.lamp": foreign } };
  assert.equal(fingerprint(other), fingerprint(before));
  assert.notEqual(fingerprint(home({ Zoe: ENTITIES, Leaf: ENTITIES })), fingerprint(before));
  assert.notEqual(fingerprint(home({ Renault: ENTITIES })), fingerprint(before));
});
