import en from "./texts/en.json";

/** Return texts by the keys of the English ones; the built file holds the keys once. */
export const withKeys = (values: string[]): Record<string, string> =>
  Object.fromEntries(Object.keys(en).map((key, index) => [key, values[index] as string]));
