import da from "./texts/da.json";
import de from "./texts/de.json";
import en from "./texts/en.json";
import fi from "./texts/fi.json";
import nb from "./texts/nb.json";
import sv from "./texts/sv.json";

export type TextKey = keyof typeof en;
export type Texts = Record<TextKey, string>;
export type Values = Record<string, string>;

/** Return a text in the user's language. */
export type Say = (key: TextKey, values?: Values) => string;

export const LANGUAGES: Readonly<Record<string, Texts>> = { da, de, en, fi, nb, sv };

/** Return a text in a language, or else in English. */
export function text(language: string, key: TextKey, values: Values = {}): string {
  const base = language.split("-")[0] ?? "";
  // Home Assistant has two Norwegian languages. Show Bokmål for Nynorsk, not English.
  const texts = LANGUAGES[base === "nn" ? "nb" : base] ?? en;
  return texts[key].replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? "");
}
