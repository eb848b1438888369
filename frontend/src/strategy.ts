import { dashboardOf, fingerprint, type StrategyConfig, type ViewConfig } from "./dashboard.js";
import type { HomeAssistant } from "./home-assistant.js";
import { STRATEGY } from "./names.js";
import { text } from "./texts.js";

/** The content of each dashboard, and its number of views. */
const made = new Map<string, { print: string; count: number }>();

/** Home Assistant calls this to show a dashboard of this kind. */
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
   * Other entities do not change the dashboard. A removed car disappears with the next visit,
   * because Home Assistant fails if the open view no longer exists.
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
