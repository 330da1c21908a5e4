// Answers on their way to the server. No page and no network in here, so that a test can drive every order of
// events.
//
// Of each question only the newest answer waits. All saves of a question from one page carry one name with a
// rising number (`name-number`), so the server knows a page's own earlier save from somebody else's, in
// whatever order and however often they arrive. `after` names saves of earlier pages of this device that the
// answer replaces: nobody knows whether those arrived.

const RETRY_MS = [2000, 4000, 8000, 15000];

export const idOf = ({ name, number }) => `${name}-${number}`;

/** As crypto.randomUUID, which plain http on a local network does not have. */
function newName() {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class AnswerQueue {
  /** position -> the newest answer that was not acknowledged. */
  waiting = new Map();
  failures = 0;
  /** Why nothing more is sent: "", "expired" (kept for the next launch) or "refused" (nothing is kept either). */
  halted = "";

  #outbox; #page; #newName; #later; #cancel; #now;
  #names = new Map();
  #opened; #open;
  #sending = null;
  #retry = null;

  /**
   * @param outbox keeps answers until they are acknowledged: `put`, `remove`; both must answer in time.
   * @param page what the answers belong to: `collect` (take in what stands there), `send` (resolves to status, ok and
   *   body; rejects without an answer), and what it is told: `kept`, `saving`, `saved`, `conflict`, `expired`,
   *   `refused`, `waiting`, `done`.
   * @param clock for tests: `later`, `cancel`, `now`, `newName`.
   */
  constructor(outbox, page, clock = {}) {
    this.#outbox = outbox;
    this.#page = page;
    this.#newName = clock.newName ?? newName;
    this.#later = clock.later ?? ((ms, act) => setTimeout(act, ms));
    this.#cancel = clock.cancel ?? ((timer) => clearTimeout(timer));
    this.#now = clock.now ?? Date.now;
    this.#opened = new Promise((resolve) => { this.#open = resolve; });
  }

  get size() { return this.waiting.size; }

  /** Takes an answer in. @param seq the number of saves that the page knows of. */
  take({ position, written, seq }) {
    if (this.halted === "refused") return;
    const older = this.waiting.get(position);
    if (older?.written === written) {
      if (older.isKept) this.#page.kept(older);
      return;
    }
    this.#wait({ ...this.#named(position), position, written, seq: older?.seq ?? seq, at: this.#now() }, older);
  }

  /** Takes over what earlier pages left, oldest first; returns the answers that the page should show. Nothing is
   * sent before: an answer must know what it replaces. */
  adopt(rows) {
    for (const row of rows) {
      const known = this.waiting.get(row.position);
      if ([...this.#names.values()].some((own) => own.name === row.name)) continue;
      const isTyped = known && known.name === this.#names.get(row.position)?.name;
      if (isTyped) {
        // The learner wrote on this page meanwhile: that is newer, and replaces the leftover.
        this.#wait({ ...known, ...this.#named(row.position) }, { ...known, ...this.#above(known, row) });
      } else {
        this.waiting.set(row.position, { ...row, ...this.#above(row, known), kept: Promise.resolve(true), isKept: true });
      }
    }
    this.#open();
    return [...this.waiting.values()].filter((one) => one.name !== this.#names.get(one.position)?.name);
  }

  /** Sends until nothing waits; resolves to whether everything is settled. */
  flush() {
    this.#cancel(this.#retry);
    this.#sending ??= this.#sendAll().finally(() => { this.#sending = null; });
    return this.#sending;
  }

  /** The page goes away: one more try that may outlive it. Leftovers are sent by the next page. */
  lastChance() {
    this.#page.collect();
    if (this.halted) return;
    for (const record of this.waiting.values()) this.#page.send(record, { keepalive: true }).catch(() => {});
  }

  #named(position) {
    const own = this.#names.get(position) ?? { name: this.#newName(), number: 0 };
    own.number += 1;
    this.#names.set(position, own);
    return { ...own };
  }

  /** What a record must tell and clear away because it replaces another. */
  #above(record, older) {
    const after = [...(record.after ?? [])], rows = [...(record.rows ?? [])];
    if (!older) return { after, rows };
    after.push(...(older.after ?? []));
    rows.push(...(older.rows ?? []));
    if (older.name !== record.name) {
      after.push(idOf(older));
      rows.push({ name: older.name, number: older.number });
    }
    return { after: [...new Set(after)].slice(-8), rows };
  }

  #wait(record, older) {
    Object.assign(record, this.#above(record, older), { isKept: false });
    this.waiting.set(record.position, record);
    record.kept = this.#outbox.put(record).then((isKept) => {
      record.isKept = isKept;
      if (isKept && this.waiting.get(record.position) === record) this.#page.kept(record);
      return isKept;
    });
  }

  async #sendAll() {
    await this.#opened;
    for (;;) {
      this.#page.collect(); // "Saved" is said only when nothing newer stands on the page.
      if (this.halted) return false;
      const [record] = this.waiting.values();
      if (!record) {
        this.#page.done();
        return true;
      }
      this.#page.saving();
      try {
        await this.#sendOne(record);
        this.failures = 0;
      } catch {
        this.#retry = this.#later(RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)], () => this.flush());
        this.failures += 1;
        this.#page.waiting();
        return false;
      }
    }
  }

  async #sendOne(record) {
    await record.kept; // First kept, then sent: a browser that dies in between sends it again.
    const reply = await this.#page.send(record);
    if (reply.status >= 500 || reply.status === 429) throw new Error(reply.body.code);
    await this.#settle(record, reply);
  }

  async #settle(record, { status, ok, body }) {
    if (ok) return this.#acknowledge(record, body);
    if (status === 401 || status === 403) {
      this.halted = "expired";
      return this.#page.expired();
    }
    if (status === 409 && body.html) {
      this.#page.collect();
      // The learner wrote on: the newest answer is the one to be shown beside the other.
      if (this.waiting.get(record.position) !== record) return;
      const forgotten = this.#forget(record);
      this.#page.conflict(record, body); // At once: what is written from now on is written beside the other answer.
      return forgotten;
    }
    this.halted = "refused";
    this.#page.refused(body);
    return this.#forget(record);
  }

  async #acknowledge(record, body) {
    const newest = this.waiting.get(record.position);
    this.#page.saved(record, body);
    if (newest === record) return this.#forget(record);
    if (newest) newest.seq = body.seq;
  }

  async #forget(record) {
    this.waiting.delete(record.position);
    // What it replaced goes first: a leftover whose successor is gone would come back as if it were news.
    for (const row of [...(record.rows ?? []), record]) await this.#outbox.remove(row);
  }
}
