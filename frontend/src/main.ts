/** Registers a dashboard strategy, two cards and a tile feature with Home Assistant. */

import { carsOf } from "./car.js";
import type { CarCardConfig, HomeAssistant } from "./home-assistant.js";
import { PLAN_CARD, PLAN_CHART, STRATEGY, TARGET_GAUGE, WEEK_CARD } from "./names.js";
import { HivenPlanCard } from "./plan-card.js";
import { HivenPlanChart } from "./plan-chart.js";
import { HivenStrategy } from "./strategy.js";
import { HivenStrategyEditor } from "./strategy-editor.js";
import { HivenTargetGauge } from "./target-gauge.js";
import { type TextKey, text } from "./texts.js";
import { HivenWeekCard } from "./week-card.js";

interface Registration {
  type: string;
  name: string;
  [more: string]: unknown;
}

type Registry = "customCards" | "customCardFeatures" | "customStrategies";

/** Add to one of Home Assistant's global lists. */
function register(registry: Registry, ...entries: Registration[]): void {
  const page = window as { [registry in Registry]?: Registration[] };
  page[registry] ??= [];
  page[registry].push(...entries);
}

/** Texts of the pickers, in the user's language. */
const say = (key: TextKey): string => text(document.documentElement.lang, key);

/** Both cards ask for a car, and suggest the first one. */
function withForm<T extends object>(card: T, type: string): T {
  return Object.assign(card, {
    getStubConfig: (hass: HomeAssistant): Partial<CarCardConfig> => {
      const [deviceId] = carsOf(hass).keys();
      return { type: `custom:${type}`, ...(deviceId ? { device_id: deviceId } : {}) };
    },
    getConfigForm: () => ({
      schema: [
        {
          name: "device_id",
          required: true,
          selector: { device: { filter: { integration: "hiven" } } },
        },
      ],
      computeLabel: () => say("car"),
    }),
  });
}

function suggest(type: string, keys: RegExp) {
  return (hass: HomeAssistant, entityId: string): { config: CarCardConfig } | null => {
    const entity = hass.entities[entityId];
    const car = carsOf(hass).get(entity?.device_id ?? "");
    const fits = car?.entities.get(entity?.translation_key ?? "") === entityId;
    return car !== undefined && fits && keys.test(entity?.translation_key ?? "")
      ? { config: { type: `custom:${type}`, device_id: car.deviceId } }
      : null;
  };
}

const ELEMENTS: Record<string, CustomElementConstructor> = {
  [PLAN_CARD]: withForm(HivenPlanCard, PLAN_CARD),
  [PLAN_CHART]: HivenPlanChart,
  [WEEK_CARD]: withForm(HivenWeekCard, WEEK_CARD),
  [TARGET_GAUGE]: HivenTargetGauge,
  [`ll-strategy-dashboard-${STRATEGY}`]: HivenStrategy,
  [`${STRATEGY}-strategy-editor`]: HivenStrategyEditor,
};

// After an update, an open page may load the new file in addition to the old one.
if (!customElements.get(PLAN_CARD)) {
  for (const [tag, element] of Object.entries(ELEMENTS)) customElements.define(tag, element);

  register(
    "customCards",
    {
      type: PLAN_CARD,
      preview: true,
      get name() {
        return say("plan_card_name");
      },
      getEntitySuggestion: suggest(PLAN_CARD, /plan|next_charging|smart_charging_status/),
    },
    {
      type: WEEK_CARD,
      preview: true,
      get name() {
        return say("section_ready_times");
      },
      getEntitySuggestion: suggest(WEEK_CARD, /ready_time/),
    },
  );
  register("customCardFeatures", {
    type: TARGET_GAUGE,
    get name() {
      return say("target_gauge_name");
    },
    isSupported: HivenTargetGauge.isSupported,
    configurable: false,
  });
  register("customStrategies", {
    type: STRATEGY,
    strategyType: "dashboard",
    get name() {
      return say("strategy_name");
    },
    get description() {
      return say("strategy_description");
    },
  });
}
