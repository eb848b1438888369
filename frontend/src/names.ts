/** The names of the elements; in YAML, they start with `custom:`. */
export const STRATEGY = "hiven";
export const PLAN_CARD = "hiven-plan-card";
export const PLAN_CHART = "hiven-plan-chart";
export const WEEK_CARD = "hiven-week-card";
export const TARGET_GAUGE = "hiven-target-gauge";
