// A SCO of SCORM 1.2 that frames our launch and mirrors what is reached there into the LMS.
const key = JSON.parse(document.getElementById("khoa").textContent);
const line = document.getElementById("trang-thai");

function findApi(from) {
  for (let depth = 0, here = from; depth < 12; depth += 1) {
    try { if (here.API) return here.API; } catch (foreign) { return null; }
    if (!here.parent || here.parent === here) break;
    here = here.parent;
  }
  return null;
}

const api = findApi(window) || (window.opener && findApi(window.opener));
let isOpen = Boolean(api) && api.LMSInitialize("") === "true";
let told = "";

function mirror(state) {
  const now = JSON.stringify(state);
  if (!isOpen || now === told) return;
  told = now;
  if (typeof state.scaled === "number") {
    api.LMSSetValue("cmi.core.score.min", "0");
    api.LMSSetValue("cmi.core.score.max", "100");
    api.LMSSetValue("cmi.core.score.raw", String(Math.round(state.scaled * 100)));
  }
  const done = state.passed === true ? "passed" : state.completed ? "completed" : "incomplete";
  api.LMSSetValue("cmi.core.lesson_status", done);
  api.LMSCommit("");
}

function finish() {
  if (!isOpen) return;
  isOpen = false;
  api.LMSSetValue("cmi.core.exit", "suspend");
  api.LMSFinish("");
}

window.addEventListener("message", (event) => {
  const frame = document.getElementById("noi-dung");
  if (event.origin === key.origin && event.source === frame.contentWindow && event.data && event.data.cchc === "tien-do") {
    mirror({ completed: event.data.completed === true, passed: event.data.passed, scaled: event.data.scaled });
  }
});
window.addEventListener("pagehide", finish);

if (isOpen) {
  const status = api.LMSGetValue("cmi.core.lesson_status");
  if (status === "not attempted" || status === "") api.LMSSetValue("cmi.core.lesson_status", "incomplete");
  const form = document.getElementById("vao");
  form.elements.learner.value = api.LMSGetValue("cmi.core.student_id");
  // Every page above must be named to be allowed to frame ours; where a browser does not tell, ours is enough.
  form.elements.frames.value = [...(location.ancestorOrigins || [])].join(" ");
  form.submit();
} else {
  line.textContent = "Không tìm thấy LMS. Mở bài này từ khóa học trên LMS.";
}
