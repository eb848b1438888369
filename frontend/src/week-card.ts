import { css, html, nothing, type TemplateResult } from "lit";
import { type Car, stateOf } from "./car.js";
import { CarCard } from "./car-card.js";
import { type Failure, PendingChanges } from "./changes.js";
import { type HomeAssistant, isKnown, messageOf, UNAVAILABLE } from "./home-assistant.js";
import {
  type Changes,
  callsFor,
  DAYS,
  type Day,
  dayName,
  dayOf,
  keyOf,
  type Slot,
  weekOf,
} from "./week.js";

const KEYS = ["ready_time", ...DAYS.map(keyOf), "next_ready_time"];
const SUGGESTED = "07:00:00";

interface TimeInput extends HTMLElement {
  renderRoot?: ParentNode;
}

interface CardHelpers {
  createRowElement(config: { type: string; entity: string }): unknown;
}

/** Let Home Assistant load the time input of its own rows; return whether it did. */
async function loadTimeInput(entity: string): Promise<boolean> {
  const tag = "ha-time-input";
  if (customElements.get(tag)) return true;
  const { loadCardHelpers } = window as { loadCardHelpers?: () => Promise<CardHelpers> };
  const helpers = await loadCardHelpers?.();
  helpers?.createRowElement({ type: "time-entity", entity });
  const late = new Promise<undefined>((resolve) => setTimeout(resolve, 3000));
  return (await Promise.race([customElements.whenDefined(tag), late])) !== undefined;
}

export class HivenWeekCard extends CarCard {
  static override properties = {
    ...CarCard.properties,
    today: { state: true },
    editing: { state: true },
    failures: { state: true },
  };

  declare private today: Day | undefined;
  /** The open row, and its time. */
  declare private editing: Slot | undefined;
  declare private failures: Failure[];

  protected readonly keys = KEYS;
  private time = SUGGESTED;
  /** The time that it had when it was opened. */
  private timeBefore = SUGGESTED;
  private readonly pending = new PendingChanges(
    (changes) => this.send(changes),
    (failures) => {
      if (failures.length > 0) this.failures = failures;
      this.requestUpdate();
    },
  );

  constructor() {
    super();
    this.failures = [];
  }

  getCardSize(): number {
    return 6;
  }

  protected minuteBegan(now: number): void {
    if (this.hass) this.today = dayOf(now, this.format.timeZone);
  }

  protected override willUpdate(): void {
    this.minuteBegan(Date.now());
  }

  private async send(changes: Changes): Promise<Failure[]> {
    const hass = this.hass as HomeAssistant;
    const car = this.car(hass);
    if (car === undefined) return [];
    const calls = callsFor(changes, car.deviceId, (key) => car.entities.get(key));
    const failures = await Promise.all(
      calls.map(async ({ slots, domain, service, data }) => {
        try {
          // The card shows the error itself.
          await hass.callService(domain, service, data, undefined, false);
          return [];
        } catch (error) {
          return [{ slots, error: await messageOf(hass, error) }];
        }
      }),
    );
    return failures.flat();
  }

  protected override renderCar(hass: HomeAssistant, car: Car): TemplateResult {
    const week = weekOf(hass.locale);
    return html`
      <ha-card>
        <ul aria-label=${this.say("section_ready_times")}>
          ${this.renderRow(hass, car, "every_day", false)}
          ${week.map((day) => this.renderRow(hass, car, day, day === this.today))}
        </ul>
        ${this.renderFailures()}
      </ha-card>
    `;
  }

  private renderRow(hass: HomeAssistant, car: Car, slot: Slot, today: boolean): TemplateResult {
    const { say } = this;
    const name = this.nameOf(slot);
    const own = this.timeOf(hass, car, slot);
    const counts = own ?? this.timeOf(hass, car, "every_day");
    const state = stateOf(hass, car, keyOf(slot));
    const unavailable = state === undefined || state.state === UNAVAILABLE;
    const shown = unavailable
      ? state === undefined
        ? "–"
        : hass.formatEntityState(state)
      : counts === null
        ? say("not_set")
        : this.format.wallTime(counts);
    if (this.editing === slot) return this.renderEditor(hass, slot, name);
    return html`
      <li data-slot=${slot} class=${today ? "today" : ""}>
        <button
          type="button"
          class="row"
          ?disabled=${unavailable}
          aria-current=${today ? "date" : nothing}
          @click=${() => this.open(slot, counts)}
        >
          <span class="day">${name}</span>
          ${today ? html`<span class="chip">${say("today")}</span>` : nothing}
          <span class="time ${own === null ? "inherited" : ""}">${shown}</span>
        </button>
        ${
          slot !== "every_day" && own !== null && !unavailable
            ? html`<button
              type="button"
              class="clear"
              aria-label=${say("clear_day", { day: name })}
              title=${say("clear_day", { day: name })}
              @click=${() => {
                this.change(slot, null);
                void this.focusRow(slot);
              }}
            >
              <ha-icon icon="mdi:close"></ha-icon>
            </button>`
            : html`<span class="clear"></span>`
        }
      </li>
    `;
  }

  private renderEditor(hass: HomeAssistant, slot: Slot, name: string): TemplateResult {
    const cancel = hass.localize("ui.common.cancel");
    const save = hass.localize("ui.common.save");
    return html`
      <li data-slot=${slot} class="editor" @keydown=${(event: KeyboardEvent) => this.key(event, slot)}>
        <span class="day">${name}</span>
        <ha-time-input
          .value=${this.time}
          .locale=${hass.locale}
          .accessibleLabel=${this.say("time_of", { day: name })}
          @value-changed=${(event: CustomEvent<{ value?: string }>) => {
            event.stopPropagation();
            if (event.detail.value) this.time = event.detail.value;
          }}
        ></ha-time-input>
        <button
          type="button"
          class="clear"
          aria-label=${cancel}
          title=${cancel}
          @click=${() => this.close(slot)}
        >
          <ha-icon icon="mdi:close"></ha-icon>
        </button>
        <button
          type="button"
          class="clear save"
          aria-label=${save}
          title=${save}
          @click=${() => this.save(slot)}
        >
          <ha-icon icon="mdi:check"></ha-icon>
        </button>
      </li>
    `;
  }

  private renderFailures(): TemplateResult | typeof nothing {
    if (this.failures.length === 0) return nothing;
    const { say, format } = this;
    return html`<div role="alert">
      ${this.failures.map(
        ({ slots, error }) => html`<ha-alert
          alert-type="error"
          dismissable
          @alert-dismissed-clicked=${() => {
            this.failures = [];
          }}
          >${say("not_stored", {
            days: format.list(slots.map((slot) => this.nameOf(slot))),
            error,
          })}</ha-alert
        >`,
      )}
    </div>`;
  }

  /** Return the row's own time to show. */
  private timeOf(hass: HomeAssistant, car: Car, slot: Slot): string | null {
    const pending = this.pending.get(slot);
    if (pending !== undefined) return pending;
    const state = stateOf(hass, car, keyOf(slot));
    return isKnown(state) ? state.state : null;
  }

  private nameOf(slot: Slot): string {
    if (slot === "every_day") return this.say("every_day");
    const name = dayName(slot as Day, this.hass?.language ?? "en");
    return name.charAt(0).toLocaleUpperCase(this.hass?.language) + name.slice(1);
  }

  private async open(slot: Slot, time: string | null): Promise<void> {
    const entityId = this.hass && this.car(this.hass)?.entities.get(keyOf(slot));
    if (entityId === undefined) return;
    if (!(await loadTimeInput(entityId))) {
      this.moreInfo(entityId);
      return;
    }
    if (this.editing) {
      this.readInput();
      if (this.time !== this.timeBefore) this.change(this.editing, this.time);
    }
    this.time = this.timeBefore = time ?? SUGGESTED;
    this.editing = slot;
    await this.updateComplete;
    const input = this.renderRoot.querySelector<TimeInput>("ha-time-input");
    // Its parts render one after the other, all within a frame.
    await new Promise(requestAnimationFrame);
    input?.renderRoot?.querySelector<HTMLElement>("ha-base-time-input")?.focus();
  }

  private key(event: KeyboardEvent, slot: Slot): void {
    const within = (tag: string): boolean =>
      event.composedPath().some((each) => (each as Element).localName === tag);
    // These keys are for the choice of AM or PM.
    if (within("ha-dropdown-item") || (event.key === "Enter" && within("ha-select"))) return;
    const onButton = (event.target as Element).localName === "button";
    if (event.key === "Escape") this.close(slot);
    else if (event.key === "Enter" && !onButton) this.save(slot);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Let the input update its time, which it does without the focus. A tap elsewhere may leave it there. */
  private readInput(): void {
    this.renderRoot.querySelector<HTMLElement>(".save")?.focus();
  }

  private save(slot: Slot): void {
    this.readInput();
    this.change(slot, this.time);
    this.close(slot);
  }

  private change(slot: Slot, time: string | null): void {
    this.failures = [];
    this.pending.set(slot, time);
  }

  private close(slot: Slot): Promise<void> {
    this.editing = undefined;
    return this.focusRow(slot);
  }

  /** Keep the focus in a row whose focused button disappears. */
  private async focusRow(slot: Slot): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`[data-slot="${slot}"] .row`)?.focus();
  }

  static override styles = [
    ...CarCard.styles,
    css`
      ul {
        list-style: none;
        margin: 0;
        padding: 8px 0;
      }
      li {
        display: flex;
        align-items: center;
        min-height: 40px;
        padding-inline-end: 4px;
        position: relative;
      }
      .row {
        flex: 1;
        min-width: 0;
        display: flex;
        align-items: center;
        gap: 8px;
        align-self: stretch;
        padding-inline: 16px 8px;
        text-align: start;
        border-radius: 8px;
      }
      .row:disabled {
        cursor: default;
      }
      .row:hover:not(:disabled) {
        background: rgba(var(--rgb-primary-text-color), 0.05);
      }
      .day {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        font-size: var(--ha-font-size-m, 14px);
      }
      .today .day {
        font-weight: var(--ha-font-weight-medium, 500);
      }
      .chip {
        flex: none;
        padding: 0 8px;
        border-radius: 10px;
        font-size: var(--ha-font-size-s, 12px);
        line-height: 20px;
        background: rgba(var(--rgb-primary-color), 0.15);
      }
      .time {
        flex: none;
        margin-inline-start: auto;
        font-size: var(--ha-font-size-m, 14px);
        font-variant-numeric: tabular-nums;
      }
      .inherited,
      .row:disabled .time {
        color: var(--secondary-text-color);
      }
      .clear {
        flex: none;
        display: flex;
        align-items: center;
        justify-content: center;
        width: 40px;
        height: 40px;
        border-radius: 50%;
        color: var(--secondary-text-color);
        --mdc-icon-size: 18px;
      }
      .clear.save {
        color: var(--primary-color);
        --mdc-icon-size: 22px;
      }
      button.clear:hover {
        background: rgba(var(--rgb-primary-text-color), 0.08);
      }
      .editor {
        flex-wrap: wrap;
        justify-content: end;
        padding-block: 4px;
      }
      .editor .day {
        flex: 1;
        min-width: 84px;
        padding-inline: 16px 8px;
      }
      [role="alert"] {
        padding: 0 8px 8px;
      }
    `,
  ];
}
