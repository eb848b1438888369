import assert from "node:assert/strict";
import { test } from "node:test";
import { type Failure, PendingChanges } from "../src/changes.js";
import type { Changes } from "../src/week.js";

/** A Home Assistant that answers on request. */
function slowHome() {
  const sent: [string, string | null][][] = [];
  const answers: ((failures: Failure[]) => void)[] = [];
  const failures: Failure[] = [];
  const pending = new PendingChanges(
    (changes: Changes) => {
      sent.push([...changes]);
      return new Promise((resolve) => answers.push(resolve));
    },
    (found) => failures.push(...found),
  );
  const answer = async (found: Failure[] = []) => {
    answers.shift()?.(found);
    await new Promise(setImmediate);
  };
  return { pending, sent, answer, failures };
}

test("a change shows at once, until Home Assistant has it", async () => {
  const { pending, sent, answer } = slowHome();
  pending.set("monday", "06:30:00");
  assert.equal(pending.get("monday"), "06:30:00");
  assert.deepEqual(sent, [[["monday", "06:30:00"]]]);
  await answer();
  assert.equal(pending.get("monday"), undefined);
});

test("what comes while another is stored goes together", async () => {
  const { pending, sent, answer } = slowHome();
  pending.set("monday", "06:30:00");
  pending.set("tuesday", "06:30:00");
  pending.set("monday", null);
  assert.equal(sent.length, 1);
  await answer();
  assert.equal(pending.get("monday"), null);
  assert.deepEqual(sent[1], [
    ["tuesday", "06:30:00"],
    ["monday", null],
  ]);
  await answer();
  assert.equal(pending.get("tuesday"), undefined);
  pending.set("friday", "07:00:00");
  assert.equal(sent.length, 3);
});

test("a refused change goes back and says why", async () => {
  const { pending, answer, failures } = slowHome();
  pending.set("monday", "06:30:00");
  await answer([{ slots: ["monday"], error: "no" }]);
  assert.equal(pending.get("monday"), undefined);
  assert.deepEqual(
    failures.map(({ slots }) => slots),
    [["monday"]],
  );
});
