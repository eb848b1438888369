import { html, LitElement, nothing, type TemplateResult } from "lit";
import { carsOf } from "./car.js";
import { SECTIONS, type StrategyConfig } from "./dashboard.js";
import type { HomeAssistant } from "./home-assistant.js";
import { type TextKey, text } from "./texts.js";

interface CardHelpers {
  createCardElement(config: { type: string; entities: [] }): HTMLElement;
}

/** Asks which cars and sections a dashboard shows. */
export class HivenStrategyEditor extends LitElement {
  static override properties = {
    hass: { attribute: false },
    config: { state: true },
    ready: { state: true },
  };

  declare hass: HomeAssistant | undefined;
  declare private config: StrategyConfig | undefined;
  declare private ready: boolean;

  setConfig(config: StrategyConfig): void {
    this.config = config;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.loadForm();
  }

  /** Home Assistant loads its form element together with the first editor that uses it. */
  private async loadForm(): Promise<void> {
    if (!customElements.get("ha-form")) {
      const { loadCardHelpers } = window as { loadCardHelpers?: () => Promise<CardHelpers> };
      const helpers = await loadCardHelpers?.();
      helpers?.createCardElement({ type: "entities", entities: [] });
      await customElements.whenDefined("hui-entities-card");
      const card = customElements.get("hui-entities-card") as unknown as {
        getConfigElement(): Promise<HTMLElement>;
      };
      await card.getConfigElement();
    }
    this.ready = true;
  }

  protected override render(): TemplateResult | typeof nothing {
    const { hass, config } = this;
    if (!hass || !config || !this.ready) return nothing;
    const say = (key: TextKey): string => text(hass.language, key);
    const schema = [
      {
        name: "cars",
        selector: { device: { multiple: true, filter: { integration: "hiven" } } },
      },
      {
        name: "sections",
        selector: {
          select: {
            multiple: true,
            mode: "list",
            options: SECTIONS.map((value) => ({ value, label: say(`section_${value}`) })),
          },
        },
      },
    ];
    return html`<ha-form
      .hass=${hass}
      .data=${{
        ...config,
        cars: config.cars ?? [...carsOf(hass).keys()],
        sections: config.sections ?? SECTIONS,
      }}
      .schema=${schema}
      .computeLabel=${({ name }: { name: string }) => say(name === "cars" ? "dashboard_title" : "sections")}
      @value-changed=${this.changed}
    ></ha-form>`;
  }

  private readonly changed = (event: CustomEvent<{ value: StrategyConfig }>): void => {
    event.stopPropagation();
    const { cars = [], sections = [], ...config } = event.detail.value;
    // If all cars are selected, show future cars, too.
    const some = <T>(chosen: T[], all: number): boolean => chosen.length > 0 && chosen.length < all;
    const detail = {
      config: {
        ...config,
        ...(some(cars, this.hass ? carsOf(this.hass).size : 0) ? { cars } : {}),
        ...(some(sections, SECTIONS.length) ? { sections } : {}),
      },
    };
    this.dispatchEvent(
      new CustomEvent("config-changed", { bubbles: true, composed: true, detail }),
    );
  };
}
