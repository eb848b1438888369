import assert from "node:assert/strict";
import { test } from "node:test";
import { LANGUAGES, type TextKey, text } from "../src/texts.js";

const placeholders = (given: string) => [...given.matchAll(/\{\w+\}/g)].map(String).sort();

test("every language has every text, with the same placeholders", () => {
  const english = LANGUAGES.en;
  assert.ok(english);
  for (const [language, texts] of Object.entries(LANGUAGES)) {
    assert.deepEqual(Object.keys(texts), Object.keys(english), language);
    for (const [key, value] of Object.entries(texts)) {
      assert.notEqual(value.trim(), "", `${language} ${key}`);
      assert.deepEqual(
        placeholders(value),
        placeholders(english[key as TextKey]),
        `${language} ${key}`,
      );
    }
  }
});

test("a language we do not have reads English, Nynorsk reads Bokmål", () => {
  assert.equal(text("fr", "now"), "Now");
  assert.equal(text("en-GB", "now"), "Now");
  assert.equal(text("nn", "now"), "Nå");
  assert.equal(text("", "now"), "Now");
});

test("values are put in", () => {
  assert.equal(text("en", "ready_by", { ready: "7:00" }), "Ready by 7:00");
});
