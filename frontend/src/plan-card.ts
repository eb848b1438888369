import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { type Car, stateOf } from "./car.js";
import { CarCard } from "./car-card.js";
import { type HomeAssistant, isKnown, messageOf, UNAVAILABLE, UNKNOWN } from "./home-assistant.js";
import { NO_PLAN, type Plan, parsePlan } from "./plan.js";
import { joined, type Sentence, sentenceOf, type Tone } from "./sentence.js";
import { toneStyle } from "./style.js";
import { ahead, HOUR } from "./timeline.js";

/** When one of these changes, the plan may have changed. */
const PLAN_KEYS = [
  "charging_plan",
  "next_charging_start",
  "next_charging_end",
  "planned_charging_time",
  "planned_charging_price",
  "smart_charging_status",
  "next_ready_time",
];

const ICONS: Record<Tone, string> = {
  charging: "mdi:battery-charging",
  planned: "mdi:clock-outline",
  done: "mdi:battery-check",
  idle: "mdi:ev-station",
  warning: "mdi:alert-outline",
};

/** When a car charges: in one sentence, and hour by hour. */
export class HivenPlanCard extends CarCard {
  static override properties = {
    ...CarCard.properties,
    plan: { state: true },
    error: { state: true },
    now: { state: true },
  };

  /** Undefined until it has been read once. */
  declare private plan: Plan | undefined;
  declare private error: string | undefined;
  declare private now: number;

  protected readonly keys = [
    ...PLAN_KEYS,
    "charging",
    "plugged_in",
    "charge_now",
    "not_ready_in_time",
  ];
  private reading = 0;

  constructor() {
    super();
    this.now = Date.now();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // The card may have been hidden for a long time.
    if (this.hasUpdated) void this.read();
  }

  getCardSize(): number {
    return 4;
  }

  protected minuteBegan(now: number): void {
    const before = this.now;
    this.now = now;
    // Tomorrow's prices arrive without a change of an entity.
    if (Math.floor(before / HOUR) !== Math.floor(now / HOUR)) void this.read();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { hass } = this;
    if (hass === undefined || this.car(hass) === undefined) return;
    const other = changed.has("config");
    if (other) this.plan = undefined;
    const before = changed.get("hass") as HomeAssistant | undefined;
    const first = changed.has("hass") && (before === undefined || !this.car(before));
    if (other || first || (before && this.statesChanged(before, PLAN_KEYS))) {
      this.now = Date.now();
      void this.read();
    }
  }

  /** Read the plan; keep the last one until then. */
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
      const message = await messageOf(this.hass, error);
      if (reading === this.reading) this.error = message;
    }
  }

  protected override renderCar(hass: HomeAssistant, car: Car): TemplateResult {
    const { text, hint, tone } = this.sentence(hass, car);
    const entityId = car.entities.get("smart_charging_status") ?? car.entities.get("charging_plan");
    return html`
      <ha-card>
        <button
          type="button"
          class="head"
          ?disabled=${entityId === undefined}
          @click=${() => entityId && this.moreInfo(entityId)}
        >
          <div class="icon ${tone}"><ha-icon .icon=${ICONS[tone]}></ha-icon></div>
          <div class="info">
            <div class="primary">${text}</div>
            ${hint ? html`<div class="secondary">${hint}</div>` : nothing}
          </div>
        </button>
        <hiven-plan-chart
          .plan=${this.error === undefined ? this.plan : (this.plan ?? NO_PLAN)}
          .now=${this.now}
          .format=${this.format}
          .say=${this.say}
        ></hiven-plan-chart>
      </ha-card>
    `;
  }

  private sentence(hass: HomeAssistant, car: Car): Sentence {
    const { say, format, error, now, plan = NO_PLAN } = this;
    const isOn = (key: string): boolean => stateOf(hass, car, key)?.state === "on";
    const plug = stateOf(hass, car, "plugged_in");
    const status = stateOf(hass, car, "smart_charging_status");
    if (status?.state === UNAVAILABLE) {
      return { text: hass.formatEntityState(status), hint: "", tone: "idle" };
    }
    // The first thing that the card shows must already be true.
    const isRead = this.plan !== undefined || error !== undefined;
    if (!isRead && status?.state !== UNKNOWN) return { text: "", hint: "", tone: "idle" };
    const chargeNow = stateOf(hass, car, "charge_now");
    const sentence = sentenceOf(
      {
        status: status?.state,
        plan,
        now,
        chargeNow: isOn("charge_now"),
        charging: isOn("charging"),
        pluggedIn: isKnown(plug) ? plug.state === "on" : undefined,
        notReadyInTime: isOn("not_ready_in_time"),
        chargeNowName: chargeNow && hass.formatEntityName?.(chargeNow, { type: "entity" }),
        details: this.details,
      },
      say,
      format,
    );
    return error === undefined
      ? sentence
      : { ...sentence, hint: say("plan_failed", { error }), tone: "warning" };
  }

  /** The planned charging time and its price. */
  private get details(): string {
    const { say, format, plan = NO_PLAN } = this;
    const { time, price } = ahead(plan, this.now);
    return joined(
      time > 0 ? say("planned_duration", { duration: format.duration(time) }) : "",
      price === undefined
        ? ""
        : say("average_price", { price: format.price(price, plan.currency) }),
    );
  }

  static override styles = [...CarCard.styles, toneStyle];
}
