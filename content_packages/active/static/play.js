// Plays a SCO: the API that it looks for, and an outbox that loses no commit.
// A commit is kept in this page and in localStorage until the server has it; what is newer replaces what waits.
const launch = JSON.parse(document.getElementById("luot-mo").textContent);
const line = document.getElementById("trang-thai");
const storageKey = `cchc-scorm-${launch.session}`;
const RETRY_MS = [1000, 2000, 5000, 10000, 30000];
let number = launch.commitNumber;
let waiting = restored();
let sending = false;
let failures = 0;
let closed = launch.isOver;
let leaving = false;

function restored() {
  try {
    const kept = JSON.parse(localStorage.getItem(storageKey));
    if (kept && kept.number > launch.commitNumber) {
      number = Math.max(number, kept.number);
      return kept;
    }
  } catch (unreadable) { /* Nothing that could be sent. */ }
  return null;
}

function remember() {
  try {
    if (waiting) localStorage.setItem(storageKey, JSON.stringify(waiting));
    else localStorage.removeItem(storageKey);
  } catch (full) { /* The copy in this page remains. */ }
}

function say(text, trouble = false) {
  line.textContent = text;
  line.classList.toggle("trouble", trouble);
}

function commit(elements, last) {
  number += 1;
  waiting = { number, last: Boolean(last || (waiting && waiting.last)), elements };
  remember();
  send();
}

async function send() {
  if (sending || !waiting || closed) return;
  sending = true;
  const sent = waiting;
  try {
    const body = JSON.stringify(sent);
    const answer = await fetch(launch.commitUrl, {
      method: "POST", body, headers: { "Content-Type": "application/json" }, keepalive: body.length < 60000,
    });
    if (answer.ok) done(sent);
    else if (answer.status >= 400 && answer.status < 500 && answer.status !== 429) refused();
    else later();
  } catch (offline) {
    later();
  }
  sending = false;
  if (waiting && !failures) send();
}

function done(sent) {
  failures = 0;
  if (waiting && waiting.number === sent.number) waiting = null;
  remember();
  say(`${launch.words.saved} ${new Date().toLocaleTimeString("vi", { hour: "2-digit", minute: "2-digit" })}`);
  if (sent.last && !leaving) {
    closed = true;
    location.replace(launch.farewell);
  }
}

function refused() {
  closed = true;
  waiting = null;
  remember();
  say(launch.words.over, true);
}

function later() {
  failures += 1;
  say(launch.words.waiting, true);
  setTimeout(send, RETRY_MS[Math.min(failures, RETRY_MS.length) - 1]);
}

window.addEventListener("online", send);
window.addEventListener("pagehide", () => {
  leaving = true;
  if (waiting && !closed) {
    navigator.sendBeacon(launch.commitUrl, new Blob([JSON.stringify(waiting)], { type: "application/json" }));
  }
});

// Only what has a name in the data model and a value of its own; empty lists come as objects.
function told(params) {
  const isElement = ([name, value]) => /^(cmi|adl)[.]/.test(name) && (value === null || typeof value !== "object");
  return Object.fromEntries(Object.entries(params).filter(isElement));
}

// scorm-again hands every commit to this service instead of the network.
const outbox = {
  processHttpRequest(_url, params, _immediate, _log, _listeners, metadata) {
    commit(told(params), metadata && metadata.isTerminateCommit);
    return { result: "true", errorCode: 0 };
  },
  updateSettings() {},
};

function playScorm() {
  const settings = {
    autocommit: true, autocommitSeconds: 10, lmsCommitUrl: launch.commitUrl, dataCommitFormat: "flattened",
    sendFullCommit: true, alwaysSendTotalTime: false, mastery_override: false, logLevel: 5, httpService: outbox,
  };
  const is12 = launch.kind === "scorm12";
  const api = is12 ? new window.Scorm12API(settings) : new window.Scorm2004API(settings);
  api.loadFromFlattenedJSON(launch.elements);
  window[is12 ? "API" : "API_1484_11"] = api;
  document.getElementById("sco").src = launch.url;
}

function playH5p() {
  const elements = { "h5p.completed": "false" };
  const options = { h5pJsonPath: launch.folder, frameJs: "/trinh-phat/h5p/frame.bundle.js", frameCss: "/trinh-phat/h5p/styles/h5p.css" };
  new window.H5PStandalone.H5P(document.getElementById("h5p"), options).then(() => {
    window.H5P.externalDispatcher.on("xAPI", (event) => {
      const statement = event.data.statement;
      const verb = statement.verb.id.split("/").pop();
      const isWhole = !(statement.context && statement.context.contextActivities && statement.context.contextActivities.parent);
      if (!isWhole || !["completed", "answered", "passed", "failed"].includes(verb)) return;
      const result = statement.result || {};
      elements["h5p.completed"] = "true";
      if (result.score && result.score.scaled !== undefined) elements["h5p.scaled"] = String(result.score.scaled);
      if (result.success !== undefined) elements["h5p.success"] = String(result.success);
      commit({ ...elements }, false);
    });
  });
}

if (closed) say(launch.words.over, true);
if (launch.kind === "h5p") playH5p();
else playScorm();
send();
