import type { HomeAssistant } from "./home-assistant.js";

export const DAYS = [
  "sunday",
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
] as const;
export type Day = (typeof DAYS)[number];

/** The rows with a ready time: each weekday, and every day without its own. */
export type Slot = Day | "every_day";

/** The key of its entity. */
export function keyOf(slot: Slot): string {
  return slot === "every_day" ? "ready_time" : `ready_time_${slot}`;
}

/** Return the days in the order of the user's week. */
export function weekOf(locale: HomeAssistant["locale"]): Day[] {
  const first = firstWeekday(locale);
  return DAYS.map((_, index) => DAYS[(first + index) % 7] as Day);
}

interface WithWeek {
  weekInfo?: { firstDay: number };
  getWeekInfo?: () => { firstDay: number };
}

function firstWeekday({ first_weekday, language }: HomeAssistant["locale"]): number {
  const chosen = DAYS.indexOf(first_weekday as Day);
  if (chosen >= 0) return chosen;
  try {
    const locale = new Intl.Locale(language) as WithWeek;
    const week = locale.getWeekInfo?.() ?? locale.weekInfo;
    if (week) return week.firstDay % 7;
  } catch {
    // The browser does not know the language.
  }
  return 1;
}

/** Return a day's name in a language. */
export function dayName(day: Day, language: string, timeZone = "UTC"): string {
  // The first of January 2023 was a Sunday.
  const date = new Date(Date.UTC(2023, 0, 1 + DAYS.indexOf(day), 12));
  return new Intl.DateTimeFormat(language, { weekday: "long", timeZone }).format(date);
}

/** Return the day of the week of a time. */
export function dayOf(moment: number, timeZone: string | undefined): Day {
  const zone = timeZone === undefined ? {} : { timeZone };
  const name = new Intl.DateTimeFormat("en", { weekday: "long", ...zone }).format(moment);
  return name.toLowerCase() as Day;
}

/** A time to set ("07:30:00"), or null to clear the day. */
export type Changes = ReadonlyMap<Slot, string | null>;

/** One action call, and what it changes. */
export interface Call {
  slots: Slot[];
  domain: string;
  service: string;
  data: Record<string, unknown>;
}

/** Return the fewest calls that make the changes. */
export function callsFor(
  changes: Changes,
  deviceId: string,
  entityOf: (key: string) => string | undefined,
): Call[] {
  const calls: Call[] = [];
  const byTime = new Map<string | null, Slot[]>();
  for (const [slot, time] of changes) {
    // The every-day time has no days, so it needs its own call.
    const key = slot === "every_day" ? `every day ${time}` : time;
    byTime.set(key, [...(byTime.get(key) ?? []), slot]);
  }
  for (const slots of byTime.values()) {
    const [first] = slots;
    const time = first && changes.get(first);
    if (first === undefined || time === undefined) continue;
    const entity = entityOf(keyOf(first));
    if (time !== null && slots.length === 1 && entity !== undefined) {
      const data = { entity_id: entity, time };
      calls.push({ slots, domain: "time", service: "set_value", data });
    } else {
      const what = time === null ? { clear_days: slots } : { days: slots, ready_time: time };
      const data = { device_id: deviceId, ...what };
      calls.push({ slots, domain: "hiven", service: "set_charging_preferences", data });
    }
  }
  return calls;
}
