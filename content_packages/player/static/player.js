// The learner's pages work without this file; it saves answers while the learner still thinks.
"use strict";

(() => {
  const SAVE_AFTER_MS = 1200;
  const RETRY_MS = [2000, 4000, 8000, 15000];

  // ---- inline checks: feedback without leaving the place ----

  function connectCheck(section) {
    const form = section.querySelector("form");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const button = form.querySelector("button[type=submit]");
      const state = form.querySelector(".check-state");
      button.disabled = true;
      state.textContent = "";
      try {
        const answer = await post(form.action, new URLSearchParams(new FormData(form)));
        if (answer.ok) return replaceCheck(section, answer.body);
        state.textContent = [answer.body.title, answer.body.next_step].filter(Boolean).join(". ");
        button.disabled = false;
      } catch {
        state.textContent = form.dataset.wordsWaiting;
        button.disabled = false;
      }
    });
  }

  function replaceCheck(section, body) {
    const holder = document.createElement("div");
    holder.innerHTML = body.html; // Rendered and escaped by our own server.
    const fresh = holder.querySelector("[data-check]");
    section.replaceWith(fresh);
    connectCheck(fresh);
    for (const bar of document.querySelectorAll(".progress")) {
      bar.querySelector("progress").value = body.percent;
      bar.querySelector(".progress-words").textContent = `${body.percent}%`;
    }
    const verdict = fresh.querySelector(".verdict");
    if (verdict) { verdict.tabIndex = -1; verdict.focus({ preventScroll: true }); }
  }

  async function post(url, body, options = {}) {
    const response = await fetch(url, { method: "POST", body, headers: { Accept: "application/json" }, ...options });
    const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
    // A gateway's error page is no answer of ours: try again later.
    if (!isJson) throw new Error(`status ${response.status}`);
    return { ok: response.ok, status: response.status, body: await response.json() };
  }

  // ---- autosave ----
  // One save travels at a time, and is repeated until it is acknowledged; only then a newer one leaves. The
  // server acknowledges a repeated save again, so a reply lost on the way costs nothing.

  class Autosave {
    constructor(form) {
      this.form = form;
      this.state = form.querySelector(".save-state");
      this.seqField = form.querySelector("[name=seq]");
      this.acknowledged = this.written();
      this.waitingForReply = null;
      this.failures = 0;
      this.timer = 0;
      this.stopped = false;
      this.sending = null;
      form.addEventListener("input", () => this.schedule(SAVE_AFTER_MS));
      form.addEventListener("change", () => this.schedule(300));
      form.addEventListener("submit", (event) => this.beforeSubmit(event));
      window.addEventListener("online", () => this.schedule(0));
      window.addEventListener("pagehide", () => this.lastChance());
      document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "hidden") this.lastChance();
        else if (this.isDirty) this.schedule(0);
      });
      this.restore();
    }

    /** The answer's fields as text, without the number of saves. */
    written() {
      const fields = new URLSearchParams(new FormData(this.form));
      fields.delete("seq");
      return fields.toString();
    }

    get isDirty() { return this.waitingForReply !== null || this.written() !== this.acknowledged; }

    schedule(delay) {
      if (this.stopped) return;
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.flush(), delay);
    }

    /** Sends until nothing is left to send; resolves to whether everything is acknowledged. */
    flush() {
      clearTimeout(this.timer);
      this.sending ??= this.sendAll().finally(() => { this.sending = null; });
      return this.sending;
    }

    async sendAll() {
      while (this.isDirty && !this.stopped) {
        this.waitingForReply ??= this.written();
        this.say("saving", this.form.dataset.wordsSaving);
        try {
          await this.sendOne(this.waitingForReply);
        } catch {
          this.fail();
          return false;
        }
      }
      return !this.stopped;
    }

    async sendOne(written) {
      this.remember(written);
      const answer = await post(this.form.dataset.autosave, this.body(written), { signal: AbortSignal.timeout?.(15000) });
      if (!answer.ok && answer.status >= 500) throw new Error(answer.body.code);
      this.waitingForReply = null;
      this.forget();
      if (!answer.ok) return this.stop(answer.body);
      this.failures = 0;
      this.acknowledged = written;
      this.seqField.value = answer.body.seq;
      this.say("", answer.body.words);
    }

    body(written) {
      const body = new URLSearchParams(written);
      body.set("seq", this.seqField.value);
      return body;
    }

    fail() {
      this.say("waiting", this.form.dataset.wordsWaiting);
      const delay = RETRY_MS[Math.min(this.failures, RETRY_MS.length - 1)];
      this.failures += 1;
      this.schedule(delay);
    }

    /** The server refused: another tab answered, the time is over, or the launch has expired. */
    stop(body) {
      this.stopped = true;
      this.say("stopped", [body.title, body.next_step].filter(Boolean).join(". ") || this.form.dataset.wordsStopped);
    }

    beforeSubmit(event) {
      clearTimeout(this.timer);
      // What is on its way must arrive first, or the form would meet its own earlier save.
      if (this.stopped || (this.waitingForReply === null && this.sending === null)) return;
      event.preventDefault();
      const button = event.submitter;
      this.flush().then((kept) => { if (kept) this.form.requestSubmit(button); });
    }

    /** The page goes away: one more try that may outlive it. */
    lastChance() {
      if (this.stopped || !this.isDirty) return;
      // Nobody may be left to hear the reply: should the page come back, it repeats this save first.
      this.waitingForReply ??= this.written();
      const written = this.waitingForReply;
      this.remember(written);
      fetch(this.form.dataset.autosave, {
        method: "POST", body: this.body(written), keepalive: true, headers: { Accept: "application/json" },
      }).catch(() => {});
    }

    // What was not acknowledged is also kept in the browser, where it allows that.

    get storageKey() { return `cchc:${this.form.dataset.autosave}`; }

    remember(written) {
      try { localStorage.setItem(this.storageKey, JSON.stringify({ seq: this.seqField.value, written })); } catch { /* blocked */ }
    }

    forget() {
      try { localStorage.removeItem(this.storageKey); } catch { /* blocked */ }
    }

    /** An answer that never reached the server is filled in again, unless the server knows a newer one. */
    restore() {
      let kept = null;
      try { kept = JSON.parse(localStorage.getItem(this.storageKey)); } catch { /* blocked */ }
      if (!kept) return;
      this.forget();
      if (kept.seq !== this.seqField.value || kept.written === this.acknowledged) return;
      this.fill(new URLSearchParams(kept.written));
      this.schedule(0);
    }

    fill(answer) {
      for (const field of this.form.elements) {
        if (field.type === "radio" || field.type === "checkbox") {
          field.checked = answer.getAll(field.name).includes(field.value);
        } else if (field.name && field.type !== "hidden" && field.type !== "submit" && answer.has(field.name)) {
          field.value = answer.get(field.name);
        }
      }
    }

    say(kind, words) {
      this.state.className = `save-state ${kind}`.trim();
      this.state.textContent = words;
    }
  }

  // ---- time ----
  // Only shown here: the server's clock decides.

  function connectTimer(timer) {
    const value = timer.querySelector(".timer-value");
    const spoken = timer.querySelector("[role=status]");
    const endsAt = performance.now() + Number(timer.dataset.secondsLeft) * 1000;
    const tick = () => {
      const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
      value.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      timer.classList.toggle("timer-late", left <= 60);
      if (left === 300) spoken.textContent = spoken.dataset.five;
      if (left === 60) spoken.textContent = spoken.dataset.one;
      if (left > 0) return setTimeout(tick, 1000);
      return endAttempt(timer.dataset.overUrl);
    };
    tick();
  }

  /** Saves what is still open, waits out the server's grace for slow lines, then shows the result. */
  async function endAttempt(url) {
    if (autosave) await autosave.flush();
    setTimeout(() => location.replace(url), 11000);
  }

  document.querySelectorAll("[data-check]").forEach(connectCheck);
  const autosaved = document.querySelector("form[data-autosave]");
  const autosave = autosaved ? new Autosave(autosaved) : null;
  document.querySelectorAll("[data-seconds-left]").forEach(connectTimer);
})();
