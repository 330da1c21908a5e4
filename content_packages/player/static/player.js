// The learner's pages work without this file. It gives feedback on checks in their place, counts down the
// time, and remembers where a reader stopped.

// ---- inline checks ----

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
    } catch {
      state.textContent = form.dataset.wordsWaiting;
    }
    button.disabled = false;
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
  return { ok: response.ok, body: await response.json() };
}

// ---- time ----
// Only shown here: the server's clock decides.

function connectTimer(timer) {
  const value = timer.querySelector(".timer-value");
  const spoken = timer.querySelector("[role=status]");
  let endsAt = performance.now() + Number(timer.dataset.secondsLeft) * 1000;
  document.addEventListener("cchc:seconds-left", (event) => { endsAt = performance.now() + event.detail * 1000; });
  const tick = () => {
    const left = Math.max(0, Math.ceil((endsAt - performance.now()) / 1000));
    value.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    timer.classList.toggle("timer-late", left <= 60);
    if (left === 300) spoken.textContent = spoken.dataset.five;
    if (left === 60) spoken.textContent = spoken.dataset.one;
    if (left > 0) return setTimeout(tick, 1000);
    const isAnswering = document.getElementById("question") !== null;
    if (isAnswering) document.dispatchEvent(new CustomEvent("cchc:time-over", { detail: timer.dataset.overUrl }));
    else setTimeout(() => location.replace(timer.dataset.overUrl), 11000);
  };
  tick();
}

// ---- where a reader stopped ----

function connectReading(article) {
  const blocks = [...article.querySelectorAll(".prose > *, .check")];
  const top = () => Math.max(0, blocks.findIndex((block) => block.getBoundingClientRect().bottom > 80));
  let told = Number(article.dataset.block || 0);
  const tell = (options = {}) => {
    const block = top();
    if (block === told) return;
    told = block;
    post(article.dataset.place, new URLSearchParams({ block }), options).catch(() => {});
  };
  let timer = 0;
  addEventListener("scroll", () => { clearTimeout(timer); timer = setTimeout(tell, 1500); }, { passive: true });
  addEventListener("pagehide", () => tell({ keepalive: true }));
  if (told > 0 && !location.hash && blocks[told]) blocks[told].scrollIntoView();
}

document.querySelectorAll("[data-check]").forEach(connectCheck);
document.querySelectorAll("[data-seconds-left]").forEach(connectTimer);
document.querySelectorAll("[data-place]").forEach(connectReading);
