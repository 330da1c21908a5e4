// An open attempt: saves answers while the learner thinks, goes from question to question without a line,
// and tells the truth about what has arrived. Without this file the forms work as plain forms.

import { Outbox } from "./outbox.js";
import { offerMoves } from "./ordering.js";
import { AnswerQueue, idOf } from "./queue.js";

const SAVE_AFTER_MS = 1200;
const GRACE_MS = 11000;

const holder = document.getElementById("question");
const words = holder.dataset;
const outbox = new Outbox(words.attempt);

/** position -> { form, position, seq, acknowledged } of every question that this page has. */
const questions = new Map();
/** position -> what the learner should know of a question that is not shown. */
const notices = new Map();
let savedWords = "";
let stopped = "";
let thinkTimer = 0;
let shown = 0;

const queue = new AnswerQueue(outbox, {
  collect: () => stage(questions.get(shown)),
  send: post,
  kept: sayKept,
  saving: () => say("saving"),
  saved: acknowledge,
  conflict: meetConflict,
  expired: () => stop(words.wordsExpired),
  refused: (body) => stop([body.title, body.next_step].filter(Boolean).join(". ") || words.wordsStopped),
  waiting: () => say("waiting"),
  done: () => { holder.dataset.state = "saved"; say(); },
});

// ---- questions ----

function meet(form) {
  const position = Number(form.dataset.position);
  const question = { form, position, seq: Number(form.elements.seq.value), acknowledged: written(form) };
  questions.set(position, question);
  form.addEventListener("input", () => think(SAVE_AFTER_MS));
  form.addEventListener("change", () => think(300));
  form.addEventListener("submit", (event) => leave(event, question));
  form.querySelectorAll("[data-ordering]").forEach((list) => offerMoves(list, words));
  return question;
}

/** The answer's fields as text, without the number of saves. */
function written(form) {
  const fields = new URLSearchParams(new FormData(form));
  fields.delete("seq");
  return fields.toString();
}

function fill(form, text) {
  const answer = new URLSearchParams(text);
  for (const field of form.elements) {
    if (field.type === "radio" || field.type === "checkbox") {
      field.checked = answer.getAll(field.name).includes(field.value);
    } else if (field.name && field.type !== "hidden" && field.type !== "submit" && answer.has(field.name)) {
      field.value = answer.get(field.name);
    }
  }
}

function show(position, { remember = true } = {}) {
  const question = questions.get(position);
  if (!question) return false;
  stage(questions.get(shown)); // The browser's own "back" comes here too, in the middle of a word.
  shown = position;
  notices.delete(position);
  holder.replaceChildren(question.form);
  markDots(question.form);
  if (remember) history.pushState({ position }, "", question.form.dataset.page);
  say();
  window.scrollTo(0, 0);
  question.form.querySelector(".question-number").focus({ preventScroll: true });
  return true;
}

function markDots(form) {
  for (const dot of form.querySelectorAll(".question-dot")) {
    const question = questions.get(Number(dot.value));
    if (!question) continue;
    const answered = [...new URLSearchParams(written(question.form))].some(([name, value]) => name !== "certainty" && value.trim());
    dot.classList.toggle("answered", answered);
    dot.setAttribute("aria-label", `${words.wordsQuestion} ${dot.value}: ${answered ? words.wordsAnswered : words.wordsUnanswered}`);
  }
}

// ---- saving ----
// `data-state` says where the answers are: changed (on the page only), kept (in this browser), saved.

function think(delay) {
  holder.dataset.state = "changed";
  clearTimeout(thinkTimer);
  thinkTimer = setTimeout(() => { stage(questions.get(shown)); queue.flush(); }, delay);
}

/** Puts the present answer of a question into the queue, when it says something new. */
function stage(question) {
  if (!question) return;
  const text = written(question.form);
  if (!queue.waiting.has(question.position) && question.acknowledged === text) return;
  queue.take({ position: question.position, written: text, seq: question.seq });
}

function sayKept(record) {
  const form = questions.get(record.position)?.form;
  const isOnPage = form === holder.firstElementChild;
  if (isOnPage && written(form) === record.written) holder.dataset.state = "kept";
}

async function post(record, options = { signal: AbortSignal.timeout?.(15000) }) {
  const body = new URLSearchParams(record.written);
  body.set("seq", record.seq);
  body.set("client_id", idOf(record));
  record.after.forEach((id) => body.append("after", id));
  const response = await fetch(addressOf(record.position), {
    method: "POST", body, headers: { Accept: "application/json" }, ...options,
  });
  const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
  // A gateway's error page is no answer of ours: try again later.
  if (!isJson) throw new Error(`status ${response.status}`);
  return { ok: response.ok, status: response.status, body: await response.json() };
}

/** Address of a save: that of the question shown, with another number. */
function addressOf(position) {
  const known = holder.querySelector("form").dataset;
  return known.autosave.replace(/\/\d+\/luu$/, `/${position}/luu`);
}

function acknowledge(record, body) {
  savedWords = body.words;
  const question = questions.get(record.position);
  if (question) {
    question.acknowledged = record.written;
    question.seq = question.form.elements.seq.value = body.seq;
  }
  if (body.seconds_left !== null) document.dispatchEvent(new CustomEvent("cchc:seconds-left", { detail: body.seconds_left }));
}

/** Another tab or device answered: both answers are shown, and the learner decides. */
function meetConflict(record, body) {
  const fresh = document.createElement("div");
  fresh.innerHTML = body.html; // Rendered and escaped by our own server.
  meet(fresh.querySelector("form"));
  if (record.position === shown) return show(shown, { remember: false });
  notices.set(record.position, body.title); // Told at once, shown when the learner goes there.
  return say();
}

function stop(reason) {
  stopped = reason;
  say();
}

// ---- the state line ----

function say(kind = "", notice = "") {
  const line = holder.querySelector(".save-state");
  if (!line) return;
  line.dataset.first ??= line.textContent;
  const parts = [stopped || notice || savedWords || line.dataset.first];
  let look = stopped || notice || notices.size ? "stopped" : kind;
  if (!stopped && !notice && kind === "saving" && !queue.failures) parts[0] = words.wordsSaving;
  if (queue.size && (queue.failures || stopped)) {
    parts.push(stopped ? unsentWords() : `${unsentWords()} (${words.wordsPoor})`);
    look = stopped ? look : "waiting";
  }
  line.className = `save-state ${look}`.trim();
  line.textContent = [...parts, ...notices.values()].filter(Boolean).join(" · ");
}

function unsentWords() { return words.wordsUnsent.replace("{n}", queue.size); }

// ---- from question to question ----

function leave(event, question) {
  const goto = event.submitter?.value ?? "next";
  const target = { previous: question.position - 1, next: question.position + 1 }[goto] ?? Number(goto);
  clearTimeout(thinkTimer);
  stage(question);
  if (Number.isInteger(target) && questions.has(target)) {
    event.preventDefault();
    queue.flush();
    show(target);
    return;
  }
  // What is on its way must arrive first, or the form would meet its own earlier save.
  if (stopped || !queue.size) return;
  event.preventDefault();
  const button = event.submitter;
  queue.flush().then((kept) => {
    if (kept) question.form.requestSubmit(button);
    else if (!stopped) say("waiting", words.wordsLeave);
  });
}

/** The last save of the page before may have arrived after this page was read: it is shown, unless the learner
 * has written on. */
function catchUp(question, fresh) {
  const seq = Number(fresh.elements.seq.value);
  const isTouched = queue.waiting.has(question.position) || written(question.form) !== question.acknowledged;
  if (seq <= question.seq || isTouched) return;
  fill(question.form, written(fresh));
  question.seq = question.form.elements.seq.value = seq;
  question.acknowledged = written(question.form);
  markDots(question.form);
}

/** The other questions, fetched once, so that a broken line stops nobody half-way. */
async function fetchAhead() {
  const response = await fetch(words.all, { headers: { Accept: "application/json" } });
  if (!response.ok) return;
  const { forms } = await response.json();
  for (const [position, html] of Object.entries(forms)) {
    const made = document.createElement("div");
    made.innerHTML = html; // Rendered and escaped by our own server.
    const fresh = made.querySelector("form");
    if (questions.has(Number(position))) {
      catchUp(questions.get(Number(position)), fresh);
      continue;
    }
    const question = meet(fresh);
    const left = queue.waiting.get(question.position);
    if (left) fill(question.form, left.written);
  }
}

/** Answers that an earlier page could not send: filled in again where it was shown, and sent. */
async function restore() {
  const left = await outbox.left();
  stage(questions.get(shown)); // What the learner has written meanwhile is newer than any leftover.
  // Should the server know another answer, it tells both.
  for (const record of queue.adopt(left)) {
    const question = questions.get(record.position);
    if (question) fill(question.form, record.written);
    holder.dataset.state = "kept";
  }
  if (queue.size) queue.flush();
}

// ---- beginning ----

shown = meet(holder.querySelector("form")).position;
say();
history.replaceState({ position: shown }, "");
window.addEventListener("popstate", (event) => {
  if (!event.state || !show(event.state.position, { remember: false })) location.reload();
  queue.flush();
});
// A page that the browser kept while others went on knows old numbers of saves.
window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
window.addEventListener("online", () => queue.flush());
window.addEventListener("pagehide", () => queue.lastChance());
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") queue.lastChance();
  else if (queue.size) queue.flush();
});
document.addEventListener("cchc:time-over", async (event) => {
  stage(questions.get(shown));
  await queue.flush();
  // Wait out the server's grace for slow lines, then show the result.
  setTimeout(() => location.replace(event.detail), GRACE_MS);
});
restore().then(fetchAhead).catch(() => {}).then(() => { holder.dataset.ready = ""; });
