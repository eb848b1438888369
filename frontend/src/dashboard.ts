import { type Car, carsOf } from "./car.js";
import type { CardConfig, HomeAssistant } from "./home-assistant.js";
import { PLAN_CARD, TARGET_GAUGE, WEEK_CARD } from "./names.js";
import { type TextKey, text } from "./texts.js";

export const SECTIONS = ["now", "plan", "ready_times", "settings", "history"] as const;
export type Section = (typeof SECTIONS)[number];

export interface StrategyConfig {
  type: string;
  /** Device ids of the cars to show; all if none of them exists. */
  cars?: string[];
  sections?: Section[];
}

export interface ViewConfig {
  title: string;
  path: string;
  [option: string]: unknown;
}

interface SectionConfig {
  type: "grid";
  cards: CardConfig[];
  column_span?: number;
}

/** The dashboard: a view for each car, with the entities that it has in this home. */
export function dashboardOf(config: StrategyConfig, hass: HomeAssistant): { views: ViewConfig[] } {
  const all = carsOf(hass);
  const chosen = [...all.values()].filter((car) => config.cars?.includes(car.deviceId));
  // The chosen cars may have been removed.
  const cars = chosen.length > 0 ? chosen : [...all.values()];
  if (cars.length === 0) return { views: [emptyView(hass)] };
  const sections = config.sections?.length ? config.sections : SECTIONS;
  const paths = new Set<string>();
  return {
    views: cars.map((car) => {
      const path = pathOf(car, paths);
      paths.add(path);
      return {
        type: "sections",
        title: car.name,
        path,
        max_columns: 3,
        sections: SECTIONS.filter((section) => sections.includes(section))
          .map((section) => sectionOf(section, car, hass, sections))
          .filter((section) => section.cards.length > 1),
      };
    }),
  };
}

function pathOf(car: Car, taken: ReadonlySet<string>): string {
  const slug = car.name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");
  // A number is the index of a view.
  return slug === "" || /^\d+$/.test(slug) || taken.has(slug) ? `car-${car.deviceId}` : slug;
}

function emptyView(hass: HomeAssistant): ViewConfig {
  const say = (key: TextKey): string => text(hass.language, key);
  return {
    title: say("dashboard_title"),
    path: "cars",
    type: "panel",
    cards: [
      {
        type: "empty-state",
        icon: "mdi:car-electric",
        content_only: true,
        title: say("no_cars_title"),
        content: say("no_cars"),
        ...(hass.user?.is_admin
          ? {
              buttons: [
                {
                  text: say("connect_car"),
                  appearance: "filled",
                  variant: "brand",
                  tap_action: {
                    action: "navigate",
                    navigation_path: "/config/integrations/integration/hiven",
                  },
                },
              ],
            }
          : {}),
      },
    ],
  };
}

function sectionOf(
  section: Section,
  car: Car,
  hass: HomeAssistant,
  all: readonly Section[],
): SectionConfig {
  const say = (key: TextKey): string => text(hass.language, key);
  const id = (key: string): string | undefined =>
    car.hidden.has(key) ? undefined : car.entities.get(key);
  const heading = (name: string, icon: string, ...badges: string[]): CardConfig => ({
    type: "heading",
    heading: name,
    icon,
    badges: badges.flatMap((key) => {
      const entity = id(key);
      return entity === undefined ? [] : [{ type: "entity", entity, visibility: [known(entity)] }];
    }),
  });
  const tile = (key: string, options: Record<string, unknown> = {}): CardConfig[] => {
    const entity = id(key);
    return entity === undefined
      ? []
      : [{ type: "tile", entity, name: { type: "entity" }, ...options }];
  };
  const known = (entity: string) => ({
    condition: "state",
    entity,
    state_not: ["unknown", "unavailable"],
  });
  const wide = { grid_options: { columns: 12 } };

  switch (section) {
    case "now":
      return grid(
        heading(car.name || say("section_now"), "mdi:car-electric", "last_reported"),
        ...tile("state_of_charge", { features: [{ type: `custom:${TARGET_GAUGE}` }], ...wide }),
        ...tile("charging_status"),
        ...tile("range"),
        // The sentence of the plan card says the same.
        ...(all.includes("plan") ? [] : tile("smart_charging_status", wide)),
        ...tile("charge_now", {
          features: [{ type: "toggle" }],
          features_position: "inline",
          ...wide,
        }),
      );
    case "plan":
      return grid(heading(say("section_plan"), "mdi:calendar-clock"), {
        type: `custom:${PLAN_CARD}`,
        device_id: car.deviceId,
      });
    case "ready_times":
      return grid(
        heading(say("section_ready_times"), "mdi:clock-check-outline", "next_ready_time"),
        {
          type: `custom:${WEEK_CARD}`,
          device_id: car.deviceId,
        },
      );
    case "settings":
      return grid(
        heading(say("section_settings"), "mdi:ev-station"),
        // The select shows the state.
        ...tile("charging_behavior", {
          features: [{ type: "select-options" }],
          hide_state: true,
          ...wide,
        }),
        // Full width, with the slider below. Otherwise, phones would cut off long names.
        ...["target_soc", "minimum_soc"].flatMap((key) =>
          tile(key, { features: [{ type: "numeric-input", style: "slider" }], ...wide }),
        ),
      );
    case "history": {
      const charge = id("state_of_charge");
      const energy = id("energy_charged");
      const graphs = [
        ...(charge === undefined
          ? []
          : [
              {
                type: "history-graph",
                hours_to_show: 24,
                min_y_axis: 0,
                max_y_axis: 100,
                entities: ["state_of_charge", "target_soc", "charging_status"].flatMap((key) => {
                  const entity = id(key);
                  return entity === undefined ? [] : [{ entity, name: { type: "entity" } }];
                }),
                ...wide,
              },
            ]),
        ...(energy === undefined
          ? []
          : [
              {
                type: "statistics-graph",
                entities: [energy],
                days_to_show: 14,
                period: "day",
                chart_type: "bar",
                stat_types: ["change"],
                ...wide,
              },
            ]),
      ];
      return {
        ...grid(heading(say("section_history"), "mdi:chart-line"), ...graphs),
        // The graphs stand side by side.
        column_span: graphs.length,
      };
    }
  }
}

function grid(...cards: CardConfig[]): SectionConfig {
  return { type: "grid", cards };
}

/** Return a value that changes when the dashboard has to be rebuilt. */
export function fingerprint(hass: HomeAssistant): string {
  return JSON.stringify(
    [...carsOf(hass).values()].map((car) => [
      car.deviceId,
      car.name,
      [...car.entities],
      [...car.hidden],
    ]),
  );
}
