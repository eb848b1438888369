import { css, html, LitElement, nothing, svg, type TemplateResult } from "lit";
import type { Format } from "./format.js";
import type { Plan } from "./plan.js";
import { joined } from "./sentence.js";
import { toneStyle } from "./style.js";
import type { Say } from "./texts.js";
import { HOUR, type Hour, type Stretch, type Timeline, ticks, timelineOf } from "./timeline.js";

/** From this width on, there is room for a day and a half, and the foot needs only one line. */
const WIDE = 356;
/** The width in pixels of a time on the axis, and of one above it. */
const TICK = 32;
const TICK_AM_PM = 40;
const LABEL = 64;
const HALF_MINUTE = 30_000;

/** A plan hour by hour. Tap an hour to see its details. */
export class HivenPlanChart extends LitElement {
  static override properties = {
    plan: { attribute: false },
    now: { attribute: false },
    format: { attribute: false },
    say: { attribute: false },
    width: { state: true },
    chosen: { state: true },
    pointed: { state: true },
  };

  /** Undefined until it is known; its space stays empty. */
  declare plan: Plan | undefined;
  declare now: number;
  declare format: Format;
  declare say: Say;
  declare private width: number;
  /** The start of the tapped hour, and of the one under the pointer. */
  declare private chosen: number | undefined;
  declare private pointed: number | undefined;
  /** The chart stays when there is nothing left to draw, so that the page does not jump. */
  private drawn = false;

  private readonly observer = new ResizeObserver(([entry]) => {
    if (entry) this.width = entry.contentRect.width;
  });

  constructor() {
    super();
    this.width = WIDE;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.observer.disconnect();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { say, format, now, plan, width } = this;
    if (plan === undefined) {
      this.drawn = false;
      return html`<div class="foot"></div>`;
    }
    const timeline = timelineOf(plan, now, format.startOfDay(now), width >= WIDE);
    const { start, end, planned, charged, prices, hours, ready } = timeline;
    this.drawn ||= planned.length + charged.length + prices.length > 0 || ready !== undefined;
    if (!this.drawn) return nothing;
    const place = (moment: number): number => (100 * (moment - start)) / (end - start);
    const at = (moment: number): string => `inset-inline-start:${place(moment)}%`;
    const perHour = width / hours.length;
    const room = format.amPm ? TICK_AM_PM : TICK;
    const every = [1, 2, 3, 4, 6, 12].find((hours) => hours * perHour >= room) ?? 24;
    const axis = ticks(timeline, every, format.wall);
    const overlap = ready !== undefined && (Math.abs(ready - now) / HOUR) * perHour < LABEL;
    // The tapped hour may have left the timeline.
    const focusable = (
      hours.find((hour) => hour.start === this.chosen) ?? hours.find((hour) => hour.end > now)
    )?.start;
    const stretch = (each: Stretch, kind: string): TemplateResult => html`<div
      class="stretch ${kind} ${each.share < 1 ? "part" : ""}"
      style="${at(each.start)};width:${place(each.end) - place(each.start)}%"
    ></div>`;
    const line = (moment: number, kind: string): TemplateResult =>
      html`<div class="line ${kind}" style=${at(moment)}></div>`;
    // Keep labels within the edges.
    const label = (moment: number, content: unknown): TemplateResult => {
      const left = (place(moment) / 100) * width;
      const shift = left < LABEL / 2 ? 0 : left > width - LABEL / 2 ? 100 : 50;
      return html`<span style="${at(moment)};transform:translateX(-${shift}%)">${content}</span>`;
    };
    return html`
      <div class="above" aria-hidden="true">
        ${overlap ? nothing : label(now, say("now"))}
        ${
          ready
            ? label(ready, html`<ha-icon icon="mdi:flag-checkered"></ha-icon>${format.time(ready)}`)
            : nothing
        }
      </div>
      <div class="plot">
        ${charged.map((each) => stretch(each, "charged"))}
        ${planned.map((each) => stretch(each, "planned"))} ${columns(timeline)}
        ${axis
          .filter((moment) => format.wall(moment).hour === 0 && moment > start)
          .map((moment) => line(moment, "day"))}
        ${line(now, "")} ${ready ? line(ready, "ready") : nothing}
      </div>
      <div class="below" aria-hidden="true">
        ${axis
          .filter((moment) => place(moment) * width < 100 * (width - TICK / 3))
          .map((moment) => {
            const midnight = format.wall(moment).hour === 0;
            return html`<span
              class=${midnight ? "midnight" : ""}
              style="${at(moment)};transform:translateX(${moment > start ? -50 : 0}%)"
              >${midnight ? format.weekday(moment) : format.hour(moment)}</span
            >`;
          })}
      </div>
      <div
        class="hours"
        role="group"
        aria-label=${say("plan_card_name")}
        @click=${this.tap}
        @focusin=${this.focused}
        @keydown=${this.move}
        @pointerover=${this.point}
        @pointerleave=${this.leave}
      >
        ${hours.map(
          (hour) => html`<button
            type="button"
            data-start=${hour.start}
            tabindex=${hour.start === focusable ? 0 : -1}
            aria-pressed=${hour.start === this.chosen}
            aria-label=${this.describe(hour, timeline, plan.currency)}
            class=${hour.start === (this.pointed ?? this.chosen) ? "chosen" : ""}
          ></button>`,
        )}
      </div>
      ${this.renderFoot(timeline, plan.currency)}
    `;
  }

  /** The details of the tapped hour, or else the legend. */
  private renderFoot(timeline: Timeline, currency: string | undefined): TemplateResult {
    const { say, format } = this;
    const { hours, planned, charged, prices } = timeline;
    const start = this.pointed ?? this.chosen;
    const hour = hours.find((each) => each.start === start);
    const values = prices.map((price) => price.value);
    const key = (kind: string, text: string): TemplateResult =>
      html`<span class="key ${kind}">${text}</span>`;
    return html`<div class="foot">
      ${
        hour
          ? this.describe(hour, timeline, currency)
          : [
              planned.length > 0 ? key("planned", say("planned")) : nothing,
              charged.length > 0 ? key("charged", say("charged")) : nothing,
              values.length > 0
                ? key(
                    "",
                    say("price_range", {
                      lowest: format.price(Math.min(...values), currency, ""),
                      highest: format.price(Math.max(...values), currency),
                    }),
                  )
                : nothing,
            ]
      }
    </div>`;
  }

  private describe(
    { start, end, planned, charged, price }: Hour,
    timeline: Timeline,
    currency: string | undefined,
  ): string {
    const { say, format } = this;
    // The car may charge outside the plan now, and what comes after the ready time is not planned yet.
    const covered =
      timeline.planned.length > 0 && start > this.now && start < (timeline.ready ?? timeline.end);
    return joined(
      `${format.weekday(start)} ${format.range(start, end)}`,
      charged > HALF_MINUTE ? say("hour_charged", { duration: format.duration(charged) }) : "",
      planned > HALF_MINUTE
        ? say("hour_charges", {
            duration: format.duration(planned),
            share: format.percent((100 * planned) / (end - start)),
          })
        : "",
      covered && planned === 0 ? say("hour_rests") : "",
      price === undefined ? "" : format.price(price, currency),
    );
  }

  private readonly tap = (event: Event): void => {
    const hour = hourAt(event);
    this.chosen = this.chosen === hour ? undefined : hour;
  };

  private readonly focused = (event: FocusEvent): void => {
    if ((event.target as Element).matches(":focus-visible")) this.choose(hourAt(event));
  };

  private readonly point = (event: PointerEvent): void => {
    if (event.pointerType === "mouse") this.pointed = hourAt(event);
  };

  private readonly leave = (): void => {
    this.pointed = undefined;
  };

  /** Arrow keys move from hour to hour. */
  private readonly move = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape") this.choose(undefined);
    if (step === undefined) return;
    event.preventDefault();
    const buttons = [...this.renderRoot.querySelectorAll("button")];
    const index = buttons.indexOf(event.target as HTMLButtonElement) + step;
    buttons[Math.min(buttons.length - 1, Math.max(0, index))]?.focus();
  };

  /** Choose with the keyboard, and ignore the pointer. */
  private choose(hour: number | undefined): void {
    this.chosen = hour;
    this.pointed = undefined;
  }

  static override styles = [
    toneStyle,
    css`
      :host {
        --rest: color-mix(in srgb, var(--secondary-text-color) 42%, transparent);
        container-type: inline-size;
        display: block;
        position: relative;
        margin: 0 12px;
      }
      .above,
      .plot,
      .below,
      .hours {
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
        width: 100%;
        height: 100%;
      }
      path {
        fill: var(--tone, var(--rest));
      }
      .stretch,
      .line {
        position: absolute;
        top: 0;
        bottom: 0;
      }
      .stretch {
        min-width: 2px;
        border-radius: 4px 4px 0 0;
        background: color-mix(in srgb, var(--tone) 18%, transparent);
      }
      .part {
        background: repeating-linear-gradient(
          135deg,
          color-mix(in srgb, var(--tone) 30%, transparent) 0 3px,
          transparent 3px 6px
        );
      }
      .line {
        margin-inline-start: -1px;
        border-inline-start: 2px solid var(--primary-text-color);
      }
      .ready {
        border-inline-start-style: dotted;
      }
      .day {
        border-inline-start: 1px dashed var(--divider-color);
      }
      .above,
      .below {
        position: relative;
        height: 20px;
        font-size: var(--ha-font-size-xs, 11px);
        line-height: 20px;
        color: var(--primary-text-color);
      }
      .below {
        color: var(--secondary-text-color);
      }
      .above span,
      .below span {
        position: absolute;
        white-space: nowrap;
      }
      .midnight {
        color: var(--primary-text-color);
        font-weight: var(--ha-font-weight-medium, 500);
      }
      ha-icon {
        --mdc-icon-size: 14px;
        margin-inline-end: 2px;
        vertical-align: -2px;
      }
      .hours {
        position: absolute;
        inset: 0 0 auto;
        height: 136px;
        display: flex;
      }
      button {
        flex: 1;
        min-width: 0;
        padding: 0;
        border: none;
        border-radius: 4px;
        background: none;
        cursor: pointer;
        -webkit-tap-highlight-color: transparent;
      }
      button:focus-visible {
        outline: 2px solid var(--primary-color);
      }
      .chosen {
        background: rgba(var(--rgb-primary-text-color), 0.12);
      }
      .foot {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        align-content: start;
        min-height: 20px;
        padding-bottom: 10px;
        font-size: var(--ha-font-size-s, 12px);
        line-height: 20px;
        color: var(--secondary-text-color);
      }
      .foot:first-child {
        padding-top: 137px;
      }
      @container (max-width: 355px) {
        .foot {
          min-height: 40px;
          padding-bottom: 4px;
        }
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

function hourAt(event: Event): number | undefined {
  const { start } = (event.target as HTMLElement).dataset;
  return start === undefined ? undefined : Number(start);
}

interface Bar {
  start: number;
  end: number;
  height: number;
}

/** Columns as high as the price, in color if the car charges. */
function columns({ start, end, prices, hours, planned, charged }: Timeline): TemplateResult {
  const values = prices.map((price) => price.value);
  const lowest = Math.min(0, ...values);
  const highest = Math.max(...values, lowest + 0.001);
  const path = (bars: Bar[]): string =>
    bars
      .map((each) => {
        const width = (each.end - each.start) / HOUR;
        const x = (each.start - start) / HOUR + 0.07 * width;
        return `M${x} 100v${-each.height}h${0.86 * width}V100z`;
      })
      .join("");
  const flat = hours.map(({ start, end }) => ({ start, end, height: 60 }));
  const priced = prices.map(({ start, end, value }) => ({
    start,
    end,
    height: 14 + (78 * (value - lowest)) / (highest - lowest),
  }));
  // Without prices, all hours look the same. An hour without a price shows its charging.
  const rest = path(priced.length > 0 ? priced : flat);
  const bars = [...priced, ...flat.filter((_, index) => hours[index]?.price === undefined)];
  const all = path(bars);
  const colored = (kind: string, stretches: Stretch[]): TemplateResult =>
    svg`
    <clipPath id=${kind}>
      ${stretches.map((each) => {
        const bar = bars.find(({ start, end }) => start <= each.start && each.start < end);
        const height = each.share < 1 ? each.share * (bar?.height ?? 0) : 100;
        return svg`<rect x=${(each.start - start) / HOUR} width=${(each.end - each.start) / HOUR} y=${100 - height} height=${height}></rect>`;
      })}
    </clipPath>
    <path class=${kind} clip-path="url(#${kind})" d=${all}></path>` as TemplateResult;
  return html`<svg
    viewBox="0 0 ${(end - start) / HOUR} 100"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    <path d=${rest}></path>
    ${colored("planned", planned)} ${colored("charged", charged)}
  </svg>`;
}
