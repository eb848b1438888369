import { html, LitElement, nothing, type PropertyValues, type TemplateResult } from "lit";
import { type Car, carsOf } from "./car.js";
import { type Format, formatOf } from "./format.js";
import type { CarCardConfig, GridOptions, HomeAssistant } from "./home-assistant.js";
import { cardStyle } from "./style.js";
import { type Say, text } from "./texts.js";

const MINUTE = 60_000;

/** A card about one car. It renders again only if an entity of the car has changed. */
export abstract class CarCard extends LitElement {
  static override styles = [cardStyle];
  static override properties = {
    hass: { attribute: false },
    config: { state: true },
  };

  declare hass: HomeAssistant | undefined;
  declare config: CarCardConfig | undefined;

  /** The keys of the entities that it shows. */
  protected abstract readonly keys: readonly string[];

  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Called when the card is shown, and at every full minute. */
  protected abstract minuteBegan(now: number): void;

  protected abstract renderCar(hass: HomeAssistant, car: Car): TemplateResult;

  setConfig(config: CarCardConfig): void {
    this.config = config;
  }

  getGridOptions(): GridOptions {
    return { columns: 12, min_columns: 6, rows: "auto" };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.tick();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  private tick(): void {
    const now = Date.now();
    this.minuteBegan(now);
    this.timer = setTimeout(() => this.tick(), MINUTE - (now % MINUTE));
  }

  protected override shouldUpdate(changed: PropertyValues): boolean {
    if (changed.size > 1 || !changed.has("hass")) return true;
    const before = changed.get("hass") as HomeAssistant | undefined;
    const now = this.hass;
    if (before === undefined || now === undefined) return true;
    return (
      before.locale !== now.locale ||
      before.language !== now.language ||
      before.config !== now.config ||
      this.car(before) !== this.car(now) ||
      this.statesChanged(before, this.keys)
    );
  }

  /** Return whether the state of one of these entities has changed. */
  protected statesChanged(before: HomeAssistant, keys: readonly string[]): boolean {
    const { hass } = this;
    const car = hass && this.car(hass);
    return (
      car !== undefined &&
      keys.some((key) => {
        const entityId = car.entities.get(key);
        return entityId !== undefined && before.states[entityId] !== hass?.states[entityId];
      })
    );
  }

  protected car(hass: HomeAssistant): Car | undefined {
    return carsOf(hass).get(this.config?.device_id ?? "");
  }

  protected get format(): Format {
    return formatOf(this.hass as HomeAssistant);
  }

  protected readonly say: Say = (key, values) => text(this.hass?.language ?? "en", key, values);

  protected override render(): TemplateResult | typeof nothing {
    const { hass } = this;
    if (hass === undefined || this.config === undefined) return nothing;
    const car = this.car(hass);
    if (car === undefined) {
      return html`<hui-warning
        >${
          // The car may have been removed.
          this.config.device_id
            ? hass.localize("ui.components.target-picker.device_not_found")
            : this.say("choose_car")
        }</hui-warning
      >`;
    }
    return this.renderCar(hass, car);
  }

  /** Open the entity's dialog. */
  protected moreInfo(entityId: string): void {
    this.dispatchEvent(
      new CustomEvent("hass-more-info", {
        bubbles: true,
        composed: true,
        detail: { entityId },
      }),
    );
  }
}
