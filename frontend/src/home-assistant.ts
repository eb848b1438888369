/** The parts of Home Assistant's frontend that these cards use. */

export interface EntityState {
  entity_id: string;
  state: string;
  attributes: Record<string, unknown>;
}

/** An entity in the frontend's registry. */
export interface EntityEntry {
  entity_id: string;
  device_id?: string;
  platform?: string;
  translation_key?: string;
  hidden?: boolean;
}

export interface Device {
  id: string;
  name: string | null;
  name_by_user?: string | null;
}

export interface UserLocale {
  language: string;
  number_format: string;
  time_format: string;
  first_weekday: string;
  time_zone: string;
}

type Localize = (key: string, values?: Record<string, string>) => string;

export interface HomeAssistant {
  states: Record<string, EntityState | undefined>;
  entities: Record<string, EntityEntry>;
  devices: Record<string, Device>;
  language: string;
  locale: UserLocale;
  config: { time_zone: string; state?: string };
  user?: { is_admin: boolean };
  localize: Localize;
  loadBackendTranslation(category: string, integration: string): Promise<Localize>;
  formatEntityState(state: EntityState): string;
  formatEntityName?(state: EntityState, name: { type: "entity" }): string;
  callService(
    domain: string,
    service: string,
    data?: Record<string, unknown>,
    target?: Record<string, unknown>,
    notifyOnError?: boolean,
  ): Promise<unknown>;
  callWS<T>(message: Record<string, unknown>): Promise<T>;
}

interface BackendError {
  code?: unknown;
  message?: string;
  translation_domain?: string;
  translation_key?: string;
  translation_placeholders?: Record<string, string>;
}

export interface CardConfig {
  type: string;
  [option: string]: unknown;
}

/** The configuration of a card: only the car. */
export interface CarCardConfig extends CardConfig {
  device_id: string;
}

export interface GridOptions {
  columns: number | "full";
  min_columns: number;
  rows: "auto";
}

export const UNAVAILABLE = "unavailable";
export const UNKNOWN = "unknown";

/** Return whether a state is known. */
export function isKnown(state: EntityState | undefined): state is EntityState {
  return state !== undefined && state.state !== UNAVAILABLE && state.state !== UNKNOWN;
}

const CONNECTION_LOST = 3;

/** Return the message of an error, in the user's language if it has a translation. Never fails. */
export async function messageOf(hass: HomeAssistant, thrown: unknown): Promise<string> {
  // If the connection breaks during a call, the whole message is thrown; later, only the code.
  const error = (Object(thrown) as { error?: unknown }).error ?? thrown;
  const {
    code = error,
    message = String(error),
    translation_domain: domain,
    translation_key: key,
    translation_placeholders: values,
  } = Object(error) as BackendError;
  if (code === CONNECTION_LOST) {
    return hass.localize("ui.notification_toast.connection_lost") || message;
  }
  if (domain === undefined || key === undefined) return message;
  const localize = await hass.loadBackendTranslation("exceptions", domain).catch(() => undefined);
  return localize?.(`component.${domain}.exceptions.${key}.message`, values) || message;
}
