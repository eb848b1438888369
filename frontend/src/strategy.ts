import { dashboardOf, fingerprint, type StrategyConfig, type ViewConfig } from "./dashboard.js";
import type { HomeAssistant } from "./home-assistant.js";
import { STRATEGY } from "./names.js";
import { text } from "./texts.js";

/** What each dashboard was made of, and how many views it got. */
const made = new Map<string, { print: string; count: number }>();

/** What Home Assistant asks when it shows a dashboard of this kind. */
export class HivenStrategy extends HTMLElement {
  static async generate(
    config: StrategyConfig,
    hass: HomeAssistant,
  ): Promise<{ views: ViewConfig[] }> {
    const dashboard = dashboardOf(config, hass);
    const count = dashboard.views.length;
    made.set(String(config.cars), { print: fingerprint(hass), count });
    return dashboard;
  }

  /**
   * Other entities come and go without changing anything here. A car that goes leaves with the
   * next visit: Home Assistant fails when the view that is open is no longer there.
   */
  static shouldRegenerate(
    config: StrategyConfig,
    before: HomeAssistant,
    now: HomeAssistant,
  ): boolean {
    if (before.entities === now.entities && before.devices === now.devices) return false;
    const last = made.get(String(config.cars));
    return (
      last === undefined ||
      (last.print !== fingerprint(now) && dashboardOf(config, now).views.length >= last.count)
    );
  }

  static getCreateSuggestions(hass: HomeAssistant): { title: string; icon: string } {
    return { title: text(hass.language, "dashboard_title"), icon: "mdi:car-electric" };
  }

  static async getConfigElement(): Promise<HTMLElement> {
    return document.createElement(`${STRATEGY}-strategy-editor`);
  }
}
