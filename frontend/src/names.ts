/** What the elements are called: `custom:` and this in a dashboard's YAML. */
export const STRATEGY = "hiven";
export const PLAN_CARD = "hiven-plan-card";
export const PLAN_CHART = "hiven-plan-chart";
export const WEEK_CARD = "hiven-week-card";
export const TARGET_GAUGE = "hiven-target-gauge";
