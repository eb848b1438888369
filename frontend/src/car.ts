import type { EntityState, HomeAssistant } from "./home-assistant.js";

const PLATFORM = "hiven";

/** A car and its entities, whatever their names. */
export interface Car {
  deviceId: string;
  name: string;
  /** Entity ids by translation key, which is the same in every home. */
  entities: ReadonlyMap<string, string>;
  /** Keys of entities that the user has hidden. */
  hidden: ReadonlySet<string>;
}

interface Found {
  entities: HomeAssistant["entities"];
  devices: HomeAssistant["devices"];
  cars: ReadonlyMap<string, Car>;
}

let last: Found | undefined;

/** Return all cars by device id, sorted by name. */
export function carsOf(hass: HomeAssistant): ReadonlyMap<string, Car> {
  // Cached, because homes have thousands of entities, and many cards call this.
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
