import type { Changes, Slot } from "./week.js";

export interface Failure {
  slots: Slot[];
  error: string;
}

/** Sends a group of changes; returns the failed ones. */
export type Send = (changes: Changes) => Promise<Failure[]>;

/**
 * Pending ready times. They are shown at once, sent together with others that arrive during a
 * write, and removed when Home Assistant shows or refuses them.
 */
export class PendingChanges {
  private readonly shown = new Map<Slot, string | null>();
  private waiting = new Map<Slot, string | null>();
  private sending = false;

  constructor(
    private readonly send: Send,
    private readonly changed: (failures: Failure[]) => void,
  ) {}

  /** Return the time to show, null for a cleared day, undefined if nothing is pending. */
  get(slot: Slot): string | null | undefined {
    return this.shown.get(slot);
  }

  set(slot: Slot, time: string | null): void {
    this.shown.set(slot, time);
    this.waiting.set(slot, time);
    this.changed([]);
    void this.flush();
  }

  private async flush(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    while (this.waiting.size > 0) {
      const group = this.waiting;
      this.waiting = new Map();
      const failures = await this.send(group);
      // A newer change of the same day is still pending.
      for (const [slot] of group) if (!this.waiting.has(slot)) this.shown.delete(slot);
      this.changed(failures);
    }
    this.sending = false;
  }
}
