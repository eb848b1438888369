import { css, html, LitElement, nothing, type TemplateResult } from "lit";
import { type Car, carsOf, stateOf } from "./car.js";
import { type HomeAssistant, isKnown } from "./home-assistant.js";

interface FeatureContext {
  entity_id?: string;
}

/** A battery bar for a tile, with a mark at the charge target. */
export class HivenTargetGauge extends LitElement {
  static override properties = {
    hass: { attribute: false },
    context: { attribute: false },
  };

  declare hass: HomeAssistant | undefined;
  declare context: FeatureContext | undefined;

  setConfig(): void {
    // There are no options.
  }

  static isSupported(hass: HomeAssistant, context: FeatureContext): boolean {
    return carOf(hass, context) !== undefined;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass, context } = this;
    const car = hass && context && carOf(hass, context);
    if (!hass || !car) return nothing;
    const charge = stateOf(hass, car, "state_of_charge");
    if (!isKnown(charge)) return nothing;
    const target = stateOf(hass, car, "target_soc");
    return html`
      <div class="level" style="width:${Number(charge.state)}%"></div>
      <div class="rest"></div>
      ${
        isKnown(target) && target.attributes.unit_of_measurement === "%"
          ? html`<div
            class="mark"
            role="img"
            style="inset-inline-start:clamp(2px,${target.state}%,100% - 2px)"
            aria-label="${hass.formatEntityName?.(target, { type: "entity" })} ${hass.formatEntityState(target)}"
          ></div>`
          : nothing
      }
    `;
  }

  static override styles = css`
    :host {
      position: relative;
      display: flex;
      width: 100%;
      height: var(--feature-height, 42px);
      border-radius: var(--feature-border-radius, 12px);
      overflow: hidden;
      pointer-events: none !important;
    }
    .level,
    .rest {
      height: 100%;
      background-color: var(--feature-color, var(--primary-color));
    }
    .level {
      transition: width 180ms ease-in-out;
    }
    .rest {
      flex: 1;
      opacity: 0.2;
    }
    .mark {
      position: absolute;
      inset-block: 0;
      width: 4px;
      margin-inline-start: -2px;
      background: var(--primary-text-color);
      box-shadow: 0 0 0 2px var(--card-background-color);
    }
    @media (prefers-reduced-motion: reduce) {
      .level {
        transition: none;
      }
    }
  `;
}

/** Return the car whose battery level this entity shows. */
function carOf(hass: HomeAssistant, { entity_id: entityId }: FeatureContext): Car | undefined {
  const car = carsOf(hass).get(hass.entities[entityId ?? ""]?.device_id ?? "");
  return car?.entities.get("state_of_charge") === entityId ? car : undefined;
}
