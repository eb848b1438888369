import type { EntityEntry, EntityState, HomeAssistant } from "../src/home-assistant.js";
import { type Say, text } from "../src/texts.js";

export const HOUR = 3_600_000;

/** Two in the morning in Helsinki, on a Sunday in November. */
export const NIGHT = Date.parse("2026-11-29T02:00:00+02:00");

export const say: Say = (key, values) => text("en", key, values);

/** A home in which cars have entities: `{ "Family car": { target_soc: "80" } }`. */
export function home(
  cars: Record<string, Record<string, string>> = {},
  locale: Partial<HomeAssistant["locale"]> = {},
): HomeAssistant {
  const entities: Record<string, EntityEntry> = {};
  const states: Record<string, EntityState> = {};
  const devices: HomeAssistant["devices"] = {};
  for (const [name, values] of Object.entries(cars)) {
    const id = `id of ${name}`;
    devices[id] = { id, name };
    for (const [key, state] of Object.entries(values)) {
      const entity_id = `any.thing_${Object.keys(entities).length}`;
      entities[entity_id] = { entity_id, device_id: id, platform: "hiven", translation_key: key };
      states[entity_id] = { entity_id, state, attributes: {} };
    }
  }
  const language = locale.language ?? "en";
  return {
    entities,
    states,
    devices,
    language,
    locale: {
      language,
      number_format: "language",
      time_format: "24",
      first_weekday: "language",
      time_zone: "server",
      ...locale,
    },
    config: { time_zone: "Europe/Helsinki" },
    localize: (key) => key,
    loadBackendTranslation: async () => () => "",
    formatEntityState: ({ state }) => state,
    callService: async () => undefined,
    callWS: async () => {
      throw new Error("nobody asks");
    },
  };
}
