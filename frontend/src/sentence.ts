import type { Format } from "./format.js";
import { UNKNOWN } from "./home-assistant.js";
import { type Plan, readyTimeOf, type Window } from "./plan.js";
import type { Say } from "./texts.js";
import { HOUR } from "./timeline.js";

/** The kind of a sentence, which sets its icon and color. */
export type Tone = "charging" | "planned" | "done" | "idle" | "warning";

export interface Sentence {
  text: string;
  /** What to do, or details. */
  hint: string;
  tone: Tone;
}

export interface Situation {
  /** The smart charging status; undefined if there is no such entity. */
  status: string | undefined;
  plan: Plan;
  now: number;
  /** The car charges until it is full or unplugged. */
  chargeNow: boolean;
  charging: boolean;
  /** Undefined if unknown. */
  pluggedIn: boolean | undefined;
  notReadyInTime: boolean;
  /** The name of the "Charge now" switch. */
  chargeNowName: string | undefined;
  /** Details of the plan: time and price. */
  details: string;
}

/** Return a sentence about what will happen, or else why nothing will and what to do. */
export function sentenceOf(situation: Situation, say: Say, format: Format): Sentence {
  const { plan, now, status, details } = situation;
  const windows = plan.windows.filter((window) => window.end > now);
  const [first] = windows;
  const ready = moment(readyTimeOf(plan, now), now, format);
  const unplugged = status === "not_plugged_in" || situation.pluggedIn === false;
  const readyBy = ready && say("ready_by", { ready });
  const withReady = (text: string): string =>
    ready && !situation.notReadyInTime ? say("with_ready", { text, ready }) : text;

  if (situation.chargeNow) return atOnce(say("charge_now_hint"), "");
  switch (status) {
    case "off":
      return situation.charging || unplugged
        ? atOnce(say("off_hint"), say("off_hint"))
        : { tone: "idle", text: say("off"), hint: say("off_hint") };
    case "not_plugged_in":
      return late({
        tone: "idle",
        text: say("not_plugged_in"),
        hint: joined(say("not_plugged_in_hint"), readyBy),
      });
    case "target_reached":
      return { tone: "done", text: say("target_reached"), hint: say("target_reached_hint") };
    case "no_ready_time":
      return { tone: "warning", text: say("no_ready_time"), hint: say("no_ready_time_hint") };
    case "no_plan":
      return late({ tone: "idle", text: say("no_plan"), hint: say("no_plan_hint") });
    case "charging_to_minimum":
      return late({ tone: "charging", text: say("to_minimum"), hint: then(windows) || readyBy });
    case "charging_outside_plan":
      return late({ tone: "charging", text: say("outside_plan"), hint: then(windows) || readyBy });
    case "charging_as_planned":
      return late({
        tone: "charging",
        text: withReady(
          first === undefined || first.part
            ? say("as_planned")
            : say("until", { end: moment(first.end, now, format) }),
        ),
        hint: then(windows.slice(1)) || details,
      });
  }
  if (first !== undefined) {
    return late({ tone: "planned", text: withReady(charges(windows)), hint: details });
  }
  if (status === UNKNOWN) return late({ tone: "idle", text: say("no_data"), hint: readyBy });
  return late(
    status === "waiting"
      ? { tone: "planned", text: say("waiting"), hint: readyBy }
      : { tone: "idle", text: say("no_plan"), hint: say("no_plan_hint") },
  );

  /** Without smart charging, the car charges as soon as it is plugged in. */
  function atOnce(hint: string, unpluggedHint: string): Sentence {
    if (situation.charging) return { tone: "charging", text: say("charge_now"), hint };
    const text = say("will_charge_now");
    return unplugged
      ? { tone: "idle", text, hint: joined(say("plug_in"), unpluggedHint) }
      : { tone: "planned", text, hint };
  }

  /** If the car will not be ready in time, show this first. */
  function late(sentence: Sentence): Sentence {
    if (!situation.notReadyInTime) return sentence;
    const name = situation.chargeNowName;
    const turnOn = name === undefined ? "" : say("turn_on", { switch: name });
    const advice = unplugged ? say("plug_in_now") : turnOn;
    return { ...sentence, hint: joined(say("late"), advice), tone: "warning" };
  }

  function then(all: readonly Window[]): string {
    if (all.length === 0) return "";
    const shown = isLong(all) ? [{ ...span(all), part: true }] : all;
    return say("next", { windows: listed(shown) });
  }

  function charges(all: readonly Window[]): string {
    return isLong(all)
      ? say("in_parts", { count: String(all.length), windows: listed([span(all)]) })
      : say("charges", { windows: listed(all) });
  }

  /** Too much for a list. */
  function isLong(all: readonly Window[]): boolean {
    return all.length > (all.some(({ part }) => part) ? 1 : 2);
  }

  /** From the start of the first window to the end of the last. */
  function span(all: readonly Window[]): Window {
    return { start: all[0]?.start ?? 0, end: all.at(-1)?.end ?? 0, part: false };
  }

  function listed(all: readonly Window[]): string {
    return format.list(
      all.map(({ start, end, part }) =>
        part
          ? say("between", { start: moment(start, now, format), end: format.time(end) })
          : withDay(format.range(start, end), start, now, format),
      ),
    );
  }
}

export function joined(...parts: string[]): string {
  return parts.filter((part) => part !== "").join(" · ");
}

function moment(when: number | undefined, now: number, format: Format): string {
  return when === undefined ? "" : withDay(format.time(when), when, now, format);
}

/** Add the day if the time could be mistaken for another day's. */
function withDay(time: string, when: number, now: number, format: Format): string {
  return Math.abs(when - now) < 24 * HOUR ? time : `${format.weekday(when)} ${time}`;
}
