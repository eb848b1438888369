import type { EntityState, HomeAssistant } from "./home-assistant.js";

const PLATFORM = "hiven";

/** A car and its entities, whatever people call them. */
export interface Car {
  deviceId: string;
  name: string;
  /** Entity ids by the key each has in every home: its translation key. */
  entities: ReadonlyMap<string, string>;
  /** Keys of the entities that people hide from their dashboards. */
  hidden: ReadonlySet<string>;
}

interface Found {
  entities: HomeAssistant["entities"];
  devices: HomeAssistant["devices"];
  cars: ReadonlyMap<string, Car>;
}

let last: Found | undefined;

/** Return all cars by their device id, in the order of their names. */
export function carsOf(hass: HomeAssistant): ReadonlyMap<string, Car> {
  // Homes have thousands of entities, and many cards ask.
  if (last === undefined || last.entities !== hass.entities || last.devices !== hass.devices) {
    last = { entities: hass.entities, devices: hass.devices, cars: find(hass) };
  }
  return last.cars;
}

/** Return the state of a car's entity. */
export function stateOf(hass: HomeAssistant, car: Car, key: string): EntityState | undefined {
  const entityId = car.entities.get(key);
  return entityId === undefined ? undefined : hass.states[entityId];
}

function find(hass: HomeAssistant): ReadonlyMap<string, Car> {
  const found = new Map<string, { entities: Map<string, string>; hidden: Set<string> }>();
  for (const entry of Object.values(hass.entities)) {
    if (entry.platform !== PLATFORM || !entry.device_id || !entry.translation_key) continue;
    let car = found.get(entry.device_id);
    if (car === undefined) {
      car = { entities: new Map(), hidden: new Set() };
      found.set(entry.device_id, car);
    }
    car.entities.set(entry.translation_key, entry.entity_id);
    if (entry.hidden) car.hidden.add(entry.translation_key);
  }
  const cars = [...found].map(([deviceId, { entities, hidden }]): Car => {
    const device = hass.devices[deviceId];
    const name = device?.name_by_user || device?.name || "";
    return { deviceId, name, entities, hidden };
  });
  cars.sort((one, other) => one.name.localeCompare(other.name, hass.language));
  return new Map(cars.map((car) => [car.deviceId, car]));
}
