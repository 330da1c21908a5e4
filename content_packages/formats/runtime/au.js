// A module of ours as an assignable unit of cmi5: lesson, checks, quiz, and what the LMS is told of them.
const given = new URLSearchParams(location.search);
const module = JSON.parse(document.getElementById("chuyen-de").textContent);
const line = document.getElementById("trang-thai");
const CATEGORIES = "https://w3id.org/xapi/cmi5/context/categories/";
const MASTERY = "https://w3id.org/xapi/cmi5/context/extensions/masteryscore";
const began = Date.now();
// The one-time address gives the token once; after a reload this copy goes on, where the browser keeps one.
const memory = `cmi5 ${given.get("fetch")}`;
const recall = () => {
  try { return JSON.parse(sessionStorage.getItem(memory) || "null"); } catch (withheld) { return null; }
};
const remember = (value) => {
  try { sessionStorage.setItem(memory, JSON.stringify(value)); } catch (withheld) { /* This page remembers. */ }
};
let session = null;
let launch = null;
let progress = { read: [], completed: false, passed: false };

const say = (text, kind = "") => { line.textContent = text; line.className = `state ${kind}`; };
const ask = (path, options = {}) => fetch(given.get("endpoint").replace(/\/$/, "") + path, {
  ...options,
  headers: { Authorization: `Basic ${session.token}`, "X-Experience-API-Version": "1.0.3", "Content-Type": "application/json" },
});
const stateAddress = (name) => "/activities/state?" + new URLSearchParams({
  stateId: name, activityId: given.get("activityId"), agent: given.get("actor"), registration: given.get("registration"),
});

async function begin() {
  session = recall();
  if (!session) {
    const answer = await (await fetch(given.get("fetch"), { method: "POST" })).json();
    if (!answer["auth-token"]) throw new Error("no token");
    session = { token: answer["auth-token"], initialized: false };
  }
  launch = await (await ask(stateAddress("LMS.LaunchData"))).json();
  await ask("/agents/profile?" + new URLSearchParams({ profileId: "cmi5LearnerPreferences", agent: given.get("actor") }));
  const kept = await ask(stateAddress("tien-do"));
  if (kept.ok) progress = await kept.json();
  if (!session.initialized) {
    await tell("initialized");
    session.initialized = true;
  }
  remember(session);
}

async function tell(verb, result) {
  const context = structuredClone(launch.contextTemplate);
  context.registration = given.get("registration");
  context.contextActivities.category = [{ id: `${CATEGORIES}cmi5` }];
  if (["completed", "passed", "failed"].includes(verb)) context.contextActivities.category.push({ id: `${CATEGORIES}moveon` });
  if (result && result.score && launch.masteryScore !== undefined) context.extensions[MASTERY] = launch.masteryScore;
  const answer = await ask("/statements", {
    method: "POST",
    body: JSON.stringify({
      id: crypto.randomUUID(), timestamp: new Date().toISOString(), actor: JSON.parse(given.get("actor")),
      verb: { id: `http://adlnet.gov/expapi/verbs/${verb}`, display: { en: verb } },
      object: { id: given.get("activityId") }, context, result,
    }),
  });
  if (!answer.ok) throw new Error(`${verb}: ${answer.status}`);
}

const isNormal = () => launch && launch.launchMode === "Normal";
const duration = () => `PT${Math.max(1, Math.round((Date.now() - began) / 1000))}S`;
const keep = () => isNormal() && ask(stateAddress("tien-do"), { method: "PUT", body: JSON.stringify(progress) });

async function sectionRead(number, button) {
  button.disabled = true;
  button.textContent = "✓ Đã đọc";
  if (!progress.read.includes(number)) progress.read.push(number);
  if (progress.read.length === module.sections && !progress.completed && isNormal()) {
    await tell("completed", { completion: true, duration: duration() });
    progress.completed = true;
    say("Đã hoàn thành phần đọc.", "good");
  }
  await keep();
}

// ---- questions ----
const shuffled = (list) => list.map((one) => [Math.random(), one]).sort(([a], [b]) => a - b).map(([, one]) => one);
const folded = (text) => text.trim().toLowerCase().replace(/\s+/g, " ");
const number = (text) => Number(text.trim().replace(/\s/g, "").replace(",", "."));

function field(question, position) {
  const box = document.createElement("fieldset");
  const name = `${question.id}-${position}`;
  box.innerHTML = `<legend>Câu ${position}</legend><div>${question.stem}</div>`;
  const places = question.items ? question.items.length : 0;
  if (question.options) {
    const kind = question.type === "multiple" ? "checkbox" : "radio";
    for (const [index, option] of shuffled([...question.options.entries()])) {
      box.insertAdjacentHTML("beforeend", `<label><input type="${kind}" name="${name}" value="${index}"><span>${option.text}</span></label>`);
    }
  } else if (question.pairs) {
    const rights = shuffled(question.pairs.map((pair) => pair[1]));
    for (const [left] of question.pairs) box.append(choice(left, rights));
  } else if (question.items) {
    for (const index of shuffled([...question.items.keys()])) {
      const label = choice(question.items[index], Array.from({ length: places }, (_, place) => String(place + 1)));
      label.dataset.index = index;
      box.append(label);
    }
  } else {
    box.insertAdjacentHTML("beforeend", '<label><span>Trả lời:</span><input type="text" autocomplete="off"></label>');
  }
  return box;
}

function choice(words, values) {
  const label = document.createElement("label");
  const span = document.createElement("span");
  span.innerHTML = words;
  const select = document.createElement("select");
  select.append(new Option("Chọn…", ""), ...values.map((value) => new Option(value.replace(/<[^>]+>/g, ""), value)));
  label.append(span, select);
  return label;
}

function earned(question, box) {
  if (question.options) {
    const chosen = [...box.querySelectorAll("input:checked")].map((one) => Number(one.value));
    const right = question.options.flatMap((option, index) => (option.correct ? [index] : []));
    return chosen.length === right.length && right.every((index) => chosen.includes(index)) ? 1 : 0;
  }
  const selects = [...box.querySelectorAll("select")];
  if (question.pairs) return selects.filter((one, index) => one.value === question.pairs[index][1]).length / selects.length;
  if (question.items) return selects.every((one) => Number(one.value) === Number(one.parentElement.dataset.index) + 1) ? 1 : 0;
  const text = box.querySelector("input").value;
  if (question.type === "numeric") {
    return text.trim() && question.answers.some((answer) => Math.abs(number(text) - number(answer)) <= question.tolerance) ? 1 : 0;
  }
  return question.answers.some((answer) => folded(answer) === folded(text)) ? 1 : 0;
}

function explain(question, box, share) {
  let note = box.querySelector(".note");
  if (!note) {
    note = document.createElement("div");
    note.setAttribute("role", "status");
    box.append(note);
  }
  note.className = `note ${share === 1 ? "good" : "bad"}`;
  note.innerHTML = `<p>${share === 1 ? "✓ Đúng." : "✗ Chưa đúng."}</p>${question.explain || ""}`;
}

function showChecks() {
  document.querySelectorAll(".kiem-tra[data-q]").forEach((slot, index) => {
    const question = module.checks[slot.dataset.q];
    if (!question) return;
    const box = field(question, index + 1);
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "Kiểm tra";
    button.onclick = () => explain(question, box, earned(question, box));
    box.append(button);
    slot.replaceChildren(box);
  });
}

function showQuiz() {
  const form = document.getElementById("bai-kiem-tra");
  if (!form) return;
  const boxes = module.quiz.map((question, index) => [question, field(question, index + 1)]);
  form.prepend(...boxes.map(([, box]) => box));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const most = module.quiz.reduce((sum, question) => sum + question.mark, 0);
    const raw = boxes.reduce((sum, [question, box]) => sum + earned(question, box) * question.mark, 0);
    boxes.forEach(([question, box]) => explain(question, box, earned(question, box)));
    const scaled = Math.round((raw / most) * 10000) / 10000;
    const passed = scaled >= (launch && launch.masteryScore !== undefined ? launch.masteryScore : module.mastery);
    say(`${passed ? "Đạt" : "Chưa đạt"}: ${Math.round(scaled * 100)} %.`, passed ? "good" : "bad");
    form.querySelector("button[type=submit]").disabled = true;
    if (!isNormal() || progress.passed) return;
    await tell(passed ? "passed" : "failed", { success: passed, duration: duration(), score: { scaled, raw, min: 0, max: most } });
    progress.passed = passed;
    await keep();
  };
}

document.querySelectorAll("button[data-muc]").forEach((button) => {
  button.onclick = () => sectionRead(Number(button.dataset.muc), button).catch(() => say("Chưa gửi được. Kiểm tra đường truyền rồi thử lại.", "bad"));
});
document.getElementById("ket-thuc").onclick = async () => {
  try {
    await tell("terminated", { duration: duration() });
  } catch (late) { /* The session may be over already; leaving is right all the same. */ }
  remember(null);
  if (launch && launch.returnURL) location.href = launch.returnURL;
  else say("Đã kết thúc. Bạn có thể đóng cửa sổ này.", "good");
};
showChecks();
showQuiz();
if (given.get("endpoint")) {
  begin().then(() => {
    for (const read of progress.read) document.querySelector(`button[data-muc="${read}"]`)?.click();
    document.body.dataset.ready = "1";
    say(isNormal() ? "Đang ghi kết quả vào LMS." : "Chế độ xem: không ghi kết quả.");
  }).catch(() => say("Không nối được với LMS: kết quả sẽ không được ghi.", "bad"));
} else {
  say("Mở ngoài LMS: kết quả không được ghi.");
}
