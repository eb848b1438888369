import { dashboardOf, fingerprint, type StrategyConfig, type ViewConfig } from "./dashboard.js";
import type { HomeAssistant } from "./home-assistant.js";
import { STRATEGY } from "./names.js";
import { text } from "./texts.js";

/** The content of each dashboard, its views, and whether it is about to be made again. */
const made = new Map<string, { print: string; views: ViewConfig[]; again?: boolean }>();

/** Home Assistant calls this to show a dashboard of this kind. */
export class HivenStrategy extends HTMLElement {
  static async generate(
    config: StrategyConfig,
    hass: HomeAssistant,
  ): Promise<{ views: ViewConfig[] }> {
    const key = String(config.cars);
    const last = made.get(key);
    let { views } = dashboardOf(config, hass);
    // Home Assistant may ask a moment later; by then, a car may have been removed.
    if (last?.again && views.length < last.views.length) views = last.views;
    made.set(key, { print: fingerprint(hass), views });
    return { views };
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
    if (last === undefined) return true;
    const again =
      last.print !== fingerprint(now) && dashboardOf(config, now).views.length >= last.views.length;
    last.again ||= again;
    return again;
  }

  static getCreateSuggestions(hass: HomeAssistant): { title: string; icon: string } {
    return { title: text(hass.language, "dashboard_title"), icon: "mdi:car-electric" };
  }

  static async getConfigElement(): Promise<HTMLElement> {
    return document.createElement(`${STRATEGY}-strategy-editor`);
  }
}
