import type { HomeAssistant } from "./home-assistant.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Formats times and numbers as the user has chosen in their profile. */
export interface Format {
  language: string;
  timeZone: string | undefined;
  amPm: boolean;
  /** A time of day: 07:30 or 7:30 AM. */
  time(moment: number): string;
  /** A period: 2:00–5:30. */
  range(start: number, end: number): string;
  /** A local time in Home Assistant's format ("07:30:00"). */
  wallTime(time: string): string;
  /** An hour on an axis: 7 or 7 AM. */
  hour(moment: number): string;
  /** A day of the week: Sun. */
  weekday(moment: number): string;
  /** A duration: 3 hr, 30 min. */
  duration(milliseconds: number): string;
  percent(value: number): string;
  price(value: number, currency: string | undefined, unit?: string): string;
  list(items: readonly string[]): string;
  /** The local hour, minute and day of a time. */
  wall(moment: number): Wall;
  /** The start of the local day of a time. */
  startOfDay(moment: number): number;
}

export interface Wall {
  hour: number;
  minute: number;
  /** Different for every day. */
  day: string;
}

/** Return whether times use AM and PM. */
export function usesAmPm(locale: HomeAssistant["locale"]): boolean {
  if (locale.time_format === "12") return true;
  if (locale.time_format === "24") return false;
  const language = locale.time_format === "language" ? locale.language : undefined;
  return new Intl.DateTimeFormat(language, { hour: "numeric" }).resolvedOptions().hour12 ?? false;
}

/** Languages with the number formats that users can choose; undefined uses the browser's. */
const NUMBERS: Record<string, string | undefined> = {
  comma_decimal: "en-US",
  decimal_comma: "de",
  space_comma: "fr",
  quote_decimal: "de-CH",
  none: "en-US",
  system: undefined,
};

const made = new WeakMap<HomeAssistant["locale"], Map<string, Format>>();

/** Return the formats of a user; cached, because creating them is slow. */
export function formatOf(hass: HomeAssistant): Format {
  let formats = made.get(hass.locale);
  if (formats === undefined) {
    formats = new Map();
    made.set(hass.locale, formats);
  }
  const zone = hass.config.time_zone;
  let format = formats.get(zone);
  if (format === undefined) {
    format = makeFormat(hass.locale, zone);
    formats.set(zone, format);
  }
  return format;
}

function makeFormat(locale: HomeAssistant["locale"], homeZone: string): Format {
  const { language } = locale;
  const timeZone = locale.time_zone === "server" ? homeZone : undefined;
  const zone = timeZone === undefined ? {} : { timeZone };
  const amPm = usesAmPm(locale);
  const clock: Intl.DateTimeFormatOptions = amPm
    ? { hour: "numeric", minute: "2-digit", hourCycle: "h12" }
    : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const times = new Intl.DateTimeFormat(language, { ...clock, ...zone });
  const wallTimes = new Intl.DateTimeFormat(language, { ...clock, timeZone: "UTC" });
  const amPmHours = new Intl.DateTimeFormat(language, {
    hour: "numeric",
    hourCycle: "h12",
    ...zone,
  });
  const weekdays = new Intl.DateTimeFormat(language, { weekday: "short", ...zone });
  const walls = new Intl.DateTimeFormat("en-CA", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
    ...zone,
  });
  const lists = new Intl.ListFormat(language, { type: "conjunction" });
  const numbers = locale.number_format in NUMBERS ? NUMBERS[locale.number_format] : language;
  const percents = new Intl.NumberFormat(numbers, { style: "percent" });
  const prices = new Map<string | undefined, Intl.NumberFormat>();
  const unit = (name: string): Intl.NumberFormat =>
    new Intl.NumberFormat(language, { style: "unit", unit: name, unitDisplay: "short" });
  const hours = unit("hour");
  const minutes = unit("minute");

  const wall = remembered((moment): Wall => {
    const parts: Record<string, string> = {};
    for (const { type, value } of walls.formatToParts(moment)) parts[type] = value;
    return {
      hour: Number(parts.hour),
      minute: Number(parts.minute),
      day: `${parts.year}-${parts.month}-${parts.day}`,
    };
  });

  return {
    language,
    timeZone,
    amPm,
    wall,
    time: (moment) => times.format(moment),
    range: (start, end) =>
      // The browser leaves out a repeated AM or PM. Across midnight, it would add both dates.
      amPm && wall(start).day === wall(end).day
        ? times.formatRange(start, end)
        : `${times.format(start)}–${times.format(end)}`,
    wallTime(time) {
      const [hour = 0, minute = 0] = time.split(":").map(Number);
      return wallTimes.format(hour * HOUR + minute * MINUTE);
    },
    hour: (moment) => (amPm ? amPmHours.format(moment) : String(wall(moment).hour)),
    weekday: remembered((moment) => weekdays.format(moment)),
    duration(milliseconds) {
      // As on a clock, only whole minutes count.
      const all = Math.floor((milliseconds + 999) / MINUTE);
      const parts = [Math.floor(all / 60), all % 60] as const;
      return [
        ...(parts[0] > 0 ? [hours.format(parts[0])] : []),
        ...(parts[1] > 0 || all === 0 ? [minutes.format(parts[1])] : []),
      ].join(" ");
    },
    percent: (value) => percents.format(value / 100),
    price(value, currency, unit = "/kWh") {
      let format = prices.get(currency);
      if (format === undefined) {
        format = new Intl.NumberFormat(numbers, {
          ...(currency === undefined ? {} : { style: "currency", currency }),
          minimumFractionDigits: 3,
          maximumFractionDigits: 3,
        });
        prices.set(currency, format);
      }
      return format.format(value) + unit;
    },
    list: (items) => lists.format(items),
    startOfDay(moment) {
      const { hour, minute, day } = wall(moment);
      let start = Math.floor(moment / MINUTE) * MINUTE - hour * HOUR - minute * MINUTE;
      // On a day on which the clocks change, this is off by an hour.
      if (wall(start).day !== day) start += HOUR;
      else if (wall(start).hour !== 0) start -= HOUR;
      return start;
    },
  };
}

/** Caches results, because a chart formats the same times again and again, which is slow. */
function remembered<T>(make: (moment: number) => T): (moment: number) => T {
  const made = new Map<number, T>();
  return (moment) => {
    let value = made.get(moment);
    if (value === undefined) {
      if (made.size > 500) made.clear();
      value = make(moment);
      made.set(moment, value);
    }
    return value;
  };
}
