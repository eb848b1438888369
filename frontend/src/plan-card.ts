import { css, html, nothing, type PropertyValues, svg, type TemplateResult } from "lit";
import { type Car, stateOf } from "./car.js";
import { CarCard } from "./car-card.js";
import { type HomeAssistant, isKnown, messageOf } from "./home-assistant.js";
import { NO_PLAN, type Plan, parsePlan } from "./plan.js";
import { joined, type Sentence, sentenceOf, type Tone } from "./sentence.js";
import {
  HOUR,
  type Hour,
  plannedPrice,
  type Stretch,
  type Timeline,
  ticks,
  timelineOf,
  total,
} from "./timeline.js";

const MINUTE = 60_000;
/** From this width on there is room for a day and a half. */
const WIDE = 380;
/** The pixels that a time on the axis needs. */
const TICK = 32;
const TICK_AM_PM = 40;
const LABEL = 64;

/** When one of these changes, the plan may be another. */
const PLAN_KEYS = [
  "charging_plan",
  "next_charging_start",
  "next_charging_end",
  "planned_charging_time",
  "planned_charging_price",
  "smart_charging_status",
  "next_ready_time",
];
const KEYS = [...PLAN_KEYS, "charging", "charge_now", "not_ready_in_time"];

const ICONS: Record<Tone, string> = {
  charging: "mdi:battery-charging",
  planned: "mdi:clock-outline",
  done: "mdi:battery-check",
  idle: "mdi:ev-station",
  warning: "mdi:alert-outline",
};

export class HivenPlanCard extends CarCard {
  static override properties = {
    ...CarCard.properties,
    plan: { state: true },
    error: { state: true },
    now: { state: true },
    wide: { state: true },
    width: { state: true },
    chosen: { state: true },
    pointed: { state: true },
  };

  declare private plan: Plan | undefined;
  declare private error: string | undefined;
  declare private now: number;
  declare private width: number;
  /** The begin of the hour that was tapped, and of the one under the pointer. */
  declare private chosen: number | undefined;
  declare private pointed: number | undefined;

  protected readonly keys = KEYS;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private reading = 0;
  private readonly observer = new ResizeObserver(([entry]) => {
    if (entry) this.width = Math.round(entry.contentRect.width);
  });

  constructor() {
    super();
    this.now = Date.now();
    this.width = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
    this.tick();
    // It may have been away for long.
    if (this.hasUpdated) void this.read();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
    clearTimeout(this.timer);
  }

  getCardSize(): number {
    return 4;
  }

  private tick(): void {
    const before = this.now;
    this.now = Date.now();
    // Prices of tomorrow come without any entity changing.
    if (Math.floor(before / HOUR) !== Math.floor(this.now / HOUR)) void this.read();
    this.timer = setTimeout(() => this.tick(), MINUTE - (this.now % MINUTE));
  }

  protected override willUpdate(changed: PropertyValues): void {
    const before = changed.get("hass") as HomeAssistant | undefined;
    const car = this.hass && this.car(this.hass);
    if (car === undefined) return;
    if (changed.has("config")) {
      this.plan = undefined;
      this.chosen = undefined;
    }
    const first = changed.has("config") || before === undefined || !this.car(before);
    if (
      changed.has("config") ||
      (changed.has("hass") && (first || this.statesChanged(before as HomeAssistant, PLAN_KEYS)))
    ) {
      this.now = Date.now();
      void this.read();
    }
  }

  /** Read the plan; what was read last stays until then. */
  private async read(): Promise<void> {
    const deviceId = this.config?.device_id;
    if (this.hass === undefined || !deviceId) return;
    const reading = ++this.reading;
    try {
      const answer = await this.hass.callWS<{ response?: Record<string, unknown> }>({
        type: "call_service",
        domain: "hiven",
        service: "get_charging_plan",
        service_data: { device_id: deviceId },
        return_response: true,
      });
      if (reading !== this.reading) return;
      this.plan = parsePlan(answer.response?.[deviceId]);
      this.error = undefined;
    } catch (error) {
      if (reading === this.reading) this.error = messageOf(error);
    }
  }

  protected override renderCar(hass: HomeAssistant, car: Car): TemplateResult {
    const plan = this.plan ?? NO_PLAN;
    const { format, now } = this;
    const wide = this.width === 0 || this.width >= WIDE;
    const timeline = timelineOf(plan, now, format.startOfDay(now), wide);
    const sentence = this.sentence(hass, car, plan, timeline);
    const empty = plan.slots.length === 0 && timeline.charged.length === 0;
    const statusId = car.entities.get("smart_charging_status") ?? car.entities.get("charging_plan");
    return html`
      <ha-card>
        <button
          type="button"
          class="head"
          ?disabled=${statusId === undefined}
          @click=${() => statusId && this.moreInfo(statusId)}
        >
          <div class="icon ${sentence.tone}"><ha-icon .icon=${ICONS[sentence.tone]}></ha-icon></div>
          <div class="info">
            <div class="primary">${sentence.text}</div>
            ${sentence.hint ? html`<div class="secondary">${sentence.hint}</div>` : nothing}
          </div>
        </button>
        ${empty ? nothing : [this.renderChart(plan, timeline), this.renderFoot(plan, timeline)]}
      </ha-card>
    `;
  }

  private sentence(hass: HomeAssistant, car: Car, plan: Plan, timeline: Timeline): Sentence {
    const { say, format, error } = this;
    const status = stateOf(hass, car, "smart_charging_status");
    if (status !== undefined && !isKnown(status)) {
      return { text: hass.formatEntityState(status), hint: "", tone: "idle" };
    }
    const sentence = sentenceOf(
      {
        status: status?.state,
        plan,
        now: this.now,
        chargeNow: stateOf(hass, car, "charge_now")?.state === "on",
        charging: stateOf(hass, car, "charging")?.state === "on",
        chargeNowName: this.nameOfSwitch(hass, car),
        notReadyInTime: stateOf(hass, car, "not_ready_in_time")?.state === "on",
        details: this.details(plan, timeline),
      },
      say,
      format,
    );
    return error === undefined
      ? sentence
      : { ...sentence, hint: say("plan_failed", { error }), tone: "warning" };
  }

  private nameOfSwitch(hass: HomeAssistant, car: Car): string | undefined {
    const state = stateOf(hass, car, "charge_now");
    return isKnown(state) ? hass.formatEntityName?.(state, { type: "entity" }) : undefined;
  }

  /** How long it is planned to charge, and at what price. */
  private details(plan: Plan, timeline: Timeline): string {
    const { say, format } = this;
    const duration = total(timeline.planned);
    const price = plannedPrice(timeline);
    return joined(
      duration > 0 ? say("planned_duration", { duration: format.duration(duration) }) : "",
      price === undefined
        ? ""
        : say("average_price", { price: format.price(price, plan.currency) }),
    );
  }

  private renderChart(plan: Plan, timeline: Timeline): TemplateResult {
    const { say, format, now } = this;
    const { start, end } = timeline;
    const place = (moment: number): number => (100 * (moment - start)) / (end - start);
    const length = (from: number, to: number): number => (100 * (to - from)) / (end - start);
    const pixels = (this.width || WIDE) - 24;
    const perHour = pixels / ((end - start) / HOUR);
    const every =
      [1, 2, 3, 4, 6, 12].find((hours) => hours * perHour >= (format.amPm ? TICK_AM_PM : TICK)) ??
      24;
    const axis = ticks(timeline, every, format.wall);
    const ready =
      plan.readyTime !== undefined && plan.readyTime > start && plan.readyTime <= end
        ? plan.readyTime
        : undefined;
    const apart = ready === undefined || (Math.abs(ready - now) / HOUR) * perHour > LABEL;
    const focusable = this.chosen ?? Math.floor(now / HOUR) * HOUR;
    return html`
      <div class="chart" role="group" aria-label=${say("plan_card_name")} @pointerleave=${this.leave}>
        <div class="plot">
          ${[
            ...timeline.charged.map((each) => [each, "charged"] as const),
            ...timeline.planned.map((each) => [each, "planned"] as const),
          ].map(
            ([each, kind]) => html`<div
              class="stretch ${kind} ${each.share < 1 ? "part" : ""}"
              style="inset-inline-start:${place(each.start)}%;width:${length(each.start, each.end)}%"
            ></div>`,
          )}
          ${this.renderColumns(timeline)}
          ${axis
            .filter((moment) => format.wall(moment).hour === 0 && moment > start)
            .map(
              (moment) =>
                html`<div class="day" style="inset-inline-start:${place(moment)}%"></div>`,
            )}
          <div class="line now" style="inset-inline-start:${place(now)}%"></div>
          ${
            ready === undefined
              ? nothing
              : html`<div class="line ready" style="inset-inline-start:${place(ready)}%"></div>`
          }
        </div>
        <div class="labels above" aria-hidden="true">
          ${apart ? this.renderLabel(place(now), pixels, html`${say("now")}`) : nothing}
          ${
            ready === undefined
              ? nothing
              : this.renderLabel(
                  place(ready),
                  pixels,
                  html`<ha-icon icon="mdi:flag-checkered"></ha-icon>${format.time(ready)}`,
                )
          }
        </div>
        <div class="labels below" aria-hidden="true">
          ${axis
            .filter((moment) => place(moment) * pixels < 100 * (pixels - TICK / 3))
            .map((moment) => {
              const midnight = format.wall(moment).hour === 0;
              return html`<span
                class=${midnight ? "midnight" : ""}
                style="inset-inline-start:${place(moment)}%;transform:translateX(${place(moment) > 1 ? -50 : 0}%)"
                >${midnight ? format.weekday(moment) : format.hour(moment)}</span
              >`;
            })}
        </div>
        <div class="hours" @keydown=${this.move}>
          ${timeline.hours.map(
            (hour) => html`<button
              type="button"
              data-start=${hour.start}
              tabindex=${hour.start === focusable ? 0 : -1}
              aria-pressed=${hour.start === this.chosen ? "true" : "false"}
              aria-label=${this.describe(hour, plan)}
              class=${hour.start === (this.pointed ?? this.chosen) ? "chosen" : ""}
              @click=${() => {
                this.chosen = this.chosen === hour.start ? undefined : hour.start;
              }}
              @focus=${(event: FocusEvent) => {
                if ((event.target as Element).matches(":focus-visible")) this.chosen = hour.start;
              }}
              @pointerenter=${(event: PointerEvent) => {
                if (event.pointerType === "mouse") this.pointed = hour.start;
              }}
            ></button>`,
          )}
        </div>
      </div>
    `;
  }

  /** Columns as high as the price; all the same where no price is known. */
  private renderColumns(timeline: Timeline): TemplateResult {
    const { start, end, prices } = timeline;
    const values = prices.map((price) => price.value);
    const lowest = Math.min(0, ...values);
    const highest = Math.max(...values, lowest + 0.001);
    // Without any price all hours look the same; without its own an hour shows where it charges.
    const columns = [
      ...prices.map((price) => ({
        ...price,
        height: 14 + (78 * (price.value - lowest)) / (highest - lowest),
      })),
      ...timeline.hours
        .filter((hour) =>
          prices.length > 0 ? hour.price === undefined && hour.planned + hour.charged > 0 : true,
        )
        .map((hour) => ({ ...hour, height: 60 })),
    ];
    const path = columns
      .map((each) => {
        const x = (each.start - start) / HOUR;
        const width = (each.end - each.start) / HOUR;
        const gap = 0.14 * width;
        return `M${x + gap / 2} 100v${-each.height}h${width - gap}V100z`;
      })
      .join("");
    const clip = (stretches: Stretch[]): TemplateResult[] =>
      stretches.map((each) => {
        const height = 100 * each.share;
        return svg`<rect x=${(each.start - start) / HOUR} width=${(each.end - each.start) / HOUR} y=${100 - height} height=${height}></rect>` as TemplateResult;
      });
    return html`<svg viewBox="0 0 ${(end - start) / HOUR} 100" preserveAspectRatio="none" aria-hidden="true">
      <clipPath id="planned">${clip(timeline.planned)}</clipPath>
      <clipPath id="charged">${clip(timeline.charged)}</clipPath>
      <path d=${path}></path>
      <path class="planned" clip-path="url(#planned)" d=${path}></path>
      <path class="charged" clip-path="url(#charged)" d=${path}></path>
    </svg>`;
  }

  /** A label above a moment that does not reach over the edges. */
  private renderLabel(at: number, pixels: number, content: TemplateResult): TemplateResult {
    const left = (at / 100) * pixels;
    const shift = left < LABEL / 2 ? "0" : left > pixels - LABEL / 2 ? "-100%" : "-50%";
    return html`<span style="inset-inline-start:${at}%;transform:translateX(${shift})">${content}</span>`;
  }

  /** What a tap on an hour tells; else what the colors mean. */
  private renderFoot(plan: Plan, timeline: Timeline): TemplateResult {
    const { say, format } = this;
    const start = this.pointed ?? this.chosen;
    const hour = timeline.hours.find((each) => each.start === start);
    if (hour !== undefined) {
      return html`<div class="foot">${this.describe(hour, plan)}</div>`;
    }
    const values = timeline.prices.map((price) => price.value);
    const prices =
      values.length > 0
        ? say("price_range", {
            lowest: format.price(Math.min(...values), plan.currency).replace("/kWh", ""),
            highest: format.price(Math.max(...values), plan.currency),
          })
        : undefined;
    return html`<div class="foot">
      ${timeline.planned.length > 0 ? html`<span class="key planned">${say("planned")}</span>` : nothing}
      ${timeline.charged.length > 0 ? html`<span class="key charged">${say("charged")}</span>` : nothing}
      ${prices ? html`<span class="key">${prices}</span>` : nothing}
    </div>`;
  }

  private describe(hour: Hour, plan: Plan): string {
    const { say, format } = this;
    const share = (time: number): string => format.percent((100 * time) / (hour.end - hour.start));
    const parts = [`${format.weekday(hour.start)} ${format.range(hour.start, hour.end)}`];
    if (hour.charged >= MINUTE / 2) {
      parts.push(say("hour_charged", { duration: format.duration(hour.charged) }));
    }
    if (hour.planned >= MINUTE / 2) {
      parts.push(
        say("hour_charges", {
          duration: format.duration(hour.planned),
          share: share(hour.planned),
        }),
      );
    }
    if (parts.length === 1) parts.push(say("hour_rests"));
    if (hour.price !== undefined) parts.push(format.price(hour.price, plan.currency));
    return parts.join(" · ");
  }

  private readonly leave = (): void => {
    this.pointed = undefined;
  };

  /** Arrow keys go from hour to hour. */
  private readonly move = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape") this.chosen = undefined;
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...this.renderRoot.querySelectorAll<HTMLElement>(".hours button")];
    const index = buttons.indexOf(event.target as HTMLElement) + step;
    buttons[Math.min(buttons.length - 1, Math.max(0, index))]?.focus();
  };

  static override styles = [
    ...CarCard.styles,
    css`
      :host {
        --rest: color-mix(in srgb, var(--secondary-text-color) 32%, transparent);
      }
      .planned {
        --tone: var(--primary-color);
      }
      .charged,
      .charging,
      .done {
        --tone: var(--success-color, #43a047);
      }
      .warning {
        --tone: var(--warning-color, #ffa600);
      }
      .chart {
        position: relative;
        margin: 0 12px;
        padding: 20px 0;
        direction: ltr;
      }
      .plot {
        position: relative;
        height: 96px;
        border-bottom: 1px solid var(--divider-color);
        overflow: hidden;
      }
      svg {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
      }
      path {
        fill: var(--tone, var(--rest));
      }
      .stretch {
        position: absolute;
        top: 0;
        bottom: 0;
        min-width: 2px;
        background: color-mix(in srgb, var(--tone) 18%, transparent);
        border-start-start-radius: 4px;
        border-start-end-radius: 4px;
      }
      .stretch.part {
        background: repeating-linear-gradient(
          135deg,
          color-mix(in srgb, var(--tone) 30%, transparent) 0 3px,
          transparent 3px 6px
        );
      }
      .day,
      .line {
        position: absolute;
        top: 0;
        bottom: 0;
        width: 0;
      }
      .day {
        border-inline-start: 1px dashed var(--divider-color);
      }
      .line {
        margin-inline-start: -1px;
        border-inline-start: 2px solid var(--primary-text-color);
      }
      .line.ready {
        border-inline-start-style: dotted;
      }
      .labels {
        position: absolute;
        inset-inline: 0;
        height: 16px;
        font-size: var(--ha-font-size-xs, 11px);
        line-height: 16px;
        color: var(--secondary-text-color);
      }
      .labels.above {
        top: 2px;
        color: var(--primary-text-color);
      }
      .labels.below {
        bottom: 2px;
      }
      .labels span {
        position: absolute;
        white-space: nowrap;
        font-variant-numeric: tabular-nums;
      }
      .labels .midnight {
        color: var(--primary-text-color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .labels ha-icon {
        --mdc-icon-size: 14px;
        margin-inline-end: 2px;
        vertical-align: -2px;
      }
      .hours {
        position: absolute;
        inset: 0;
        display: flex;
      }
      .hours button {
        flex: 1;
        min-width: 0;
        border-radius: 4px;
      }
      .hours button.chosen {
        background: color-mix(in srgb, var(--primary-text-color) 12%, transparent);
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 12px;
        min-height: 20px;
        padding: 0 12px 10px;
        font-size: var(--ha-font-size-s, 12px);
        line-height: 20px;
        color: var(--secondary-text-color);
      }
      .key::before {
        content: "";
        display: inline-block;
        width: 10px;
        height: 10px;
        margin-inline-end: 6px;
        border-radius: 2px;
        background: var(--tone, var(--rest));
      }
    `,
  ];
}
