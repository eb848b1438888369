/** The answer of `hiven.get_charging_plan`, with times as numbers. */

const MINUTE = 60_000;

export interface Slot {
  start: number;
  end: number;
  /** The share with charging, 0 to 1. */
  fraction: number;
  price?: number;
}

export interface Window {
  start: number;
  end: number;
  /** The car charges for part of this window, but it is not known which. */
  part: boolean;
}

export interface Session {
  slots: Slot[];
  endedAt?: number;
}

export interface Plan {
  slots: Slot[];
  windows: Window[];
  sessions: Session[];
  /** The ready time of the plan, and the next one in the settings. */
  readyTime?: number;
  nextReadyTime?: number;
  currency?: string;
}

export const NO_PLAN: Plan = { slots: [], windows: [], sessions: [] };

/** Return when the car should be ready next, with or without a plan. */
export function readyTimeOf({ readyTime, nextReadyTime }: Plan, now: number): number | undefined {
  return readyTime !== undefined && readyTime > now ? readyTime : nextReadyTime;
}

/** Read an answer; leave out invalid parts. */
export function parsePlan(answer: unknown): Plan {
  const plan = objectOf(answer);
  const readyTime = moment(plan.ready_time);
  const nextReadyTime = moment(plan.next_ready_time);
  const currency = plan.currency;
  return {
    slots: slots(plan.hours),
    windows: sorted(
      list(plan.windows).flatMap((each) => {
        const { start, end, part } = objectOf(each);
        // Times are shown without seconds; the duration must match them.
        return period(start, end).map((found) => ({
          start: toMinute(found.start),
          end: toMinute(found.end),
          part: part === true,
        }));
      }),
    ),
    sessions: list(plan.sessions).map((each) => {
      const session = objectOf(each);
      const endedAt = moment(session.ended_at);
      return { slots: slots(session.hours), ...(endedAt === undefined ? {} : { endedAt }) };
    }),
    ...(readyTime === undefined ? {} : { readyTime }),
    ...(nextReadyTime === undefined ? {} : { nextReadyTime }),
    ...(typeof currency === "string" && /^[A-Za-z]{3}$/.test(currency) ? { currency } : {}),
  };
}

function slots(value: unknown): Slot[] {
  return sorted(
    list(value).flatMap((each) => {
      const { start, end, fraction, price } = objectOf(each);
      return period(start, end).map((found) => ({
        ...found,
        fraction: Math.min(1, Math.max(0, number(fraction) ?? 0)),
        ...(number(price) === undefined ? {} : { price: price as number }),
      }));
    }),
  );
}

function period(start: unknown, end: unknown): { start: number; end: number }[] {
  const from = moment(start);
  const to = moment(end);
  return from === undefined || to === undefined || to <= from ? [] : [{ start: from, end: to }];
}

function toMinute(when: number): number {
  return Math.floor(when / MINUTE) * MINUTE;
}

function sorted<T extends { start: number }>(items: T[]): T[] {
  return items.sort((one, other) => one.start - other.start);
}

function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function number(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

function moment(value: unknown): number | undefined {
  return typeof value === "string" ? number(Date.parse(value)) : undefined;
}
