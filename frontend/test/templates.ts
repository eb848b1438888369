import type { TemplateResult } from "lit";

type Listener = (event: unknown) => unknown;

/** Return a template as text, without listeners. */
export function htmlOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(htmlOf).join("");
  if (typeof value !== "object" || value === null) {
    return typeof value === "function" || typeof value === "symbol" ? "" : String(value ?? "");
  }
  const { strings, values } = value as TemplateResult;
  return strings.map((each, index) => each + htmlOf(values[index])).join("");
}

/** Return the listeners of an event in a template, in order. */
export function listenersOf(value: unknown, event: string): Listener[] {
  if (Array.isArray(value)) return value.flatMap((each) => listenersOf(each, event));
  const { strings, values } = (value ?? {}) as Partial<TemplateResult>;
  return (values ?? []).flatMap((each, index) =>
    typeof each === "function" && strings?.[index]?.endsWith(`@${event}=`)
      ? [each as Listener]
      : listenersOf(each, event),
  );
}
