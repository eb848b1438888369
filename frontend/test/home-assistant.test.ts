import assert from "node:assert/strict";
import { test } from "node:test";
import { messageOf } from "../src/home-assistant.js";
import { home } from "./home.js";

test("an error with a translation shows in the user's language", async () => {
  const hass = {
    ...home({}),
    loadBackendTranslation: async () => (key: string, values?: Record<string, string>) =>
      key === "component.hiven.exceptions.down.message" ? `Ei vastaa: ${values?.car}` : "",
  };
  const error = {
    message: "Does not answer",
    translation_domain: "hiven",
    translation_key: "down",
    translation_placeholders: { car: "Fjord" },
  };
  assert.equal(await messageOf(hass, error), "Ei vastaa: Fjord");
  assert.equal(await messageOf(hass, { ...error, translation_key: "new" }), "Does not answer");
  assert.equal(await messageOf(hass, new Error("lost")), "lost");
  assert.equal(await messageOf(hass, "lost"), "lost");
});

test("a lost connection shows in the user's language", async () => {
  const lost = { code: 3, message: "Connection lost" };
  const hass = {
    ...home({}),
    localize: (key: string) => (key === "ui.notification_toast.connection_lost" ? "Poikki" : ""),
  };
  assert.equal(await messageOf(hass, { type: "result", success: false, error: lost }), "Poikki");
  assert.equal(await messageOf(hass, lost), "Poikki");
  assert.equal(await messageOf(hass, 3), "Poikki");
  assert.equal(await messageOf({ ...hass, localize: () => "" }, lost), "Connection lost");
});

test("an error whose translation does not load shows its own message", async () => {
  const hass = { ...home({}), loadBackendTranslation: () => Promise.reject(new Error("lost")) };
  const error = {
    message: "Does not answer",
    translation_domain: "hiven",
    translation_key: "down",
  };
  assert.equal(await messageOf(hass, error), "Does not answer");
});
