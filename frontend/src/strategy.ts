import { carsOf } from "./car.js";
import { dashboardOf, fingerprint, type StrategyConfig, type ViewConfig } from "./dashboard.js";
import type { HomeAssistant } from "./home-assistant.js";
import { STRATEGY } from "./names.js";
import { text } from "./texts.js";

/** What Home Assistant asks when it shows a dashboard of this kind. */
export class HivenStrategy extends HTMLElement {
  static readonly registryDependencies = ["entities", "devices"];

  static async generate(
    config: StrategyConfig,
    hass: HomeAssistant,
  ): Promise<{ views: ViewConfig[] }> {
    return dashboardOf(config, hass);
  }

  /**
   * Other entities come and go without changing anything here. A car that goes leaves with the
   * next visit: Home Assistant fails when the view that is open is no longer there.
   */
  static shouldRegenerate(_: StrategyConfig, before: HomeAssistant, now: HomeAssistant): boolean {
    if (before.language !== now.language) return true;
    if (before.entities === now.entities && before.devices === now.devices) return false;
    return carsOf(now).size >= carsOf(before).size && fingerprint(before) !== fingerprint(now);
  }

  static getCreateSuggestions(hass: HomeAssistant): { title: string; icon: string } {
    return { title: text(hass.language, "dashboard_title"), icon: "mdi:car-electric" };
  }

  static async getConfigElement(): Promise<HTMLElement> {
    return document.createElement(`${STRATEGY}-strategy-editor`);
  }
}
