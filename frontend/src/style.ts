import { css } from "lit";

/** The style of both cards, which look like Home Assistant's tiles. */
export const cardStyle = css`
  :host {
    display: block;
  }
  ha-card {
    height: 100%;
    display: flex;
    flex-direction: column;
    box-sizing: border-box;
  }
  .head {
    display: flex;
    align-items: center;
    gap: 10px;
    padding: 10px;
    min-height: var(--row-height, 56px);
    width: 100%;
    text-align: start;
    box-sizing: border-box;
  }
  .icon {
    flex: none;
    display: flex;
    align-items: center;
    justify-content: center;
    width: 36px;
    height: 36px;
    position: relative;
    color: var(--tone, var(--state-inactive-color));
    --mdc-icon-size: 24px;
  }
  .icon::before {
    content: "";
    position: absolute;
    inset: 0;
    border-radius: var(--ha-tile-icon-border-radius, var(--ha-border-radius-pill, 18px));
    background: currentColor;
    opacity: 0.2;
  }
  .info {
    min-width: 0;
  }
  .primary {
    font-size: var(--ha-font-size-m, 14px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 20px;
    letter-spacing: 0.1px;
    color: var(--primary-text-color);
  }
  .secondary {
    font-size: var(--ha-font-size-s, 12px);
    line-height: 16px;
    letter-spacing: 0.4px;
    color: var(--primary-text-color);
  }
  button {
    font: inherit;
    color: inherit;
    background: none;
    border: none;
    margin: 0;
    padding: 0;
    cursor: pointer;
    -webkit-tap-highlight-color: transparent;
  }
  button:focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: -2px;
    border-radius: var(--ha-border-radius-md, 8px);
  }
`;

/** The colors of both cards and the chart. */
export const toneStyle = css`
  .planned {
    --tone: var(--primary-color);
  }
  .charged,
  .charging,
  .done {
    --tone: var(--success-color, #43a047);
  }
  .warning {
    --tone: var(--warning-color, #ffa600);
  }
`;
