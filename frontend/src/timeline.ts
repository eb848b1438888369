import { type Plan, readyTimeOf, type Session, type Slot } from "./plan.js";

export const HOUR = 3_600_000;
const WHOLE = 0.995;
/** The minimum and maximum number of hours ahead. */
const AHEAD = 24;
const FAR_AHEAD = 36;
/** The hours for which there is room. If there are more, the earliest are left out, never the plan. */
const LONGEST = 48;

/** A period of charging. */
export interface Stretch {
  start: number;
  end: number;
  /** Less than 1 if the car charges for part of it, but it is not known which. */
  share: number;
}

/** The price of a slot. */
export interface Price {
  start: number;
  end: number;
  value: number;
}

/** One hour of the timeline, with its details. */
export interface Hour {
  start: number;
  end: number;
  /** Milliseconds of charging. */
  planned: number;
  charged: number;
  /** The time-weighted average. */
  price?: number;
}

export interface Timeline {
  start: number;
  end: number;
  planned: Stretch[];
  charged: Stretch[];
  prices: Price[];
  hours: Hour[];
  /** The next ready time, if it is in the timeline. */
  ready: number | undefined;
}

/** Create the timeline of a plan, from today's charging to the last known hour. */
export function timelineOf(plan: Plan, now: number, startOfDay: number, wide: boolean): Timeline {
  const charged = plan.sessions
    .flatMap((session) => chargedIn(session))
    .flatMap((stretch) => clip(stretch, startOfDay, now));
  const planned = plannedIn(plan).flatMap((stretch) => clip(stretch, now, Infinity));
  const thisHour = Math.floor(now / HOUR) * HOUR;

  const ready = readyTimeOf(plan, now) ?? 0;
  const ends = [...planned.map((each) => each.end), ready + HOUR / 2];
  if (wide) ends.push(...plan.slots.map((slot) => slot.end));
  const known = Math.ceil(Math.max(...ends) / HOUR) * HOUR;
  const end = Math.min(thisHour + FAR_AHEAD * HOUR, Math.max(thisHour + AHEAD * HOUR, known));
  const first = Math.min(thisHour, ...charged.map((each) => Math.floor(each.start / HOUR) * HOUR));
  const start = Math.max(first, end - LONGEST * HOUR);

  const inside = <T extends { start: number; end: number }>(each: T): T[] => clip(each, start, end);
  const timeline: Timeline = {
    start,
    end,
    planned: joined(planned.flatMap(inside)),
    charged: joined(charged.flatMap(inside)),
    prices: pricesOf(plan).flatMap(inside),
    hours: [],
    ready: ready > start && ready <= end ? ready : undefined,
  };
  for (let hour = start; hour < end; hour += HOUR) {
    timeline.hours.push(hourOf(timeline, hour, hour + HOUR));
  }
  return timeline;
}

function hourOf({ planned, charged, prices }: Timeline, start: number, end: number): Hour {
  const price = average(prices.flatMap((each) => clip(each, start, end)));
  return {
    start,
    end,
    planned: total(planned.flatMap((each) => clip(each, start, end))),
    charged: total(charged.flatMap((each) => clip(each, start, end))),
    ...(price === undefined ? {} : { price }),
  };
}

function total(stretches: readonly Stretch[]): number {
  return stretches.reduce((sum, each) => sum + (each.end - each.start) * each.share, 0);
}

/** Return how long the car will still charge, and the average price if every price is known. */
export function ahead(plan: Plan, now: number): { time: number; price: number | undefined } {
  const planned = plannedIn(plan).flatMap((stretch) => clip(stretch, now, Infinity));
  const time = total(planned);
  const cost = planned.reduce((sum, each) => sum + total([each]) * (each.price ?? Number.NaN), 0);
  const price = cost / time;
  return { time, price: Number.isNaN(price) ? undefined : price };
}

function pricesOf({ slots }: Plan): Price[] {
  return slots.flatMap(({ start, end, price }) =>
    price === undefined ? [] : [{ start, end, value: price }],
  );
}

function average(prices: readonly Price[]): number | undefined {
  let sum = 0;
  let time = 0;
  for (const { start, end, value } of prices) {
    sum += value * (end - start);
    time += end - start;
  }
  return time > 0 ? sum / time : undefined;
}

/** Place the plan's hours: full ones as they are, parts of hours as in the windows. */
function plannedIn(plan: Plan): (Stretch & { price: number | undefined })[] {
  const sure = plan.windows.filter((window) => !window.part);
  return plan.slots.flatMap(({ start, end, fraction, price }) => {
    if (fraction === 0) return [];
    if (fraction >= WHOLE) return [{ start, end, share: 1, price }];
    const placed = sure.flatMap((window) => clip(window, start, end));
    if (placed.length > 0) return placed.map(({ start, end }) => ({ start, end, share: 1, price }));
    return [{ start, end, share: fraction, price }];
  });
}

/** Place a session's hours: a part joins the hour next to it, the last ends with the session. */
function chargedIn({ slots, endedAt }: Session): Stretch[] {
  return slots.flatMap((slot, index): Stretch[] => {
    const { start, end, fraction } = slot;
    if (fraction === 0) return [];
    if (fraction >= WHOLE) return [{ start, end, share: 1 }];
    const length = (end - start) * fraction;
    if (endedAt !== undefined && endedAt > start && endedAt <= end) {
      return [{ start: Math.max(start, endedAt - length), end: endedAt, share: 1 }];
    }
    if (touches(slots[index + 1], end)) return [{ start: end - length, end, share: 1 }];
    const before = slots[index - 1];
    if (before?.end === start && before.fraction > 0) {
      return [{ start, end: start + length, share: 1 }];
    }
    return [{ start, end, share: fraction }];
  });
}

function touches(slot: Slot | undefined, moment: number): boolean {
  return slot?.start === moment && slot.fraction > 0;
}

function clip<T extends { start: number; end: number }>(each: T, from: number, to: number): T[] {
  const start = Math.max(each.start, from);
  const end = Math.min(each.end, to);
  return start < end ? [{ ...each, start, end }] : [];
}

/** Join adjacent periods, so that they are drawn as one. */
function joined(stretches: Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (const each of stretches.sort((one, other) => one.start - other.start)) {
    const last = result.at(-1);
    if (last && last.end >= each.start && last.share === 1 && each.share === 1) {
      last.end = Math.max(last.end, each.end);
    } else {
      result.push({ ...each });
    }
  }
  return result;
}

/** Return the times on the axis, at regular local hours. */
export function ticks(
  { start, end }: Timeline,
  every: number,
  wall: (moment: number) => { hour: number; minute: number },
): number[] {
  const result: number[] = [];
  const QUARTER = HOUR / 4;
  for (let moment = start; moment < end; moment += QUARTER) {
    const { hour, minute } = wall(moment);
    if (minute === 0 && hour % every === 0) {
      // When the clocks go back, the same hour occurs twice.
      const last = result.at(-1);
      if (last === undefined || moment - last > HOUR) result.push(moment);
      // The next one is not earlier than this.
      moment += HOUR - QUARTER;
    }
  }
  return result;
}
