// LTI Platform Storage 0.1. In the page that frames a tool: says where the storage is. In the storage frame: keeps
// and returns what tools put there, each origin its own. Messages of strangers are not answered. Loaded before the
// frames are parsed, so that a tool which is quicker than this page is answered too.
const settings = () => {
  const { storageOrigins = "", storageFrame } = document.querySelector("[data-storage-origins]")?.dataset ?? {};
  return { allowed: storageOrigins.split(" "), frame: storageFrame || null };
};

const refuse = (text) => ({ error: { code: "bad_request", message: text } });

const capabilities = (frame) => ({
  supported_messages: [
    { subject: "lti.capabilities" },
    { subject: "lti.put_data", frame },
    { subject: "lti.get_data", frame },
  ],
});

const put = (origin, { key, value }) => {
  if (typeof key !== "string" || typeof value !== "string") return refuse("key and value must be texts");
  if (key.length + value.length > 4096) return refuse("key and value are too long");
  sessionStorage.setItem(`${origin} ${key}`, value);
  return { key, value };
};

const get = (origin, { key }) => {
  if (typeof key !== "string") return refuse("key must be a text");
  return { key, value: sessionStorage.getItem(`${origin} ${key}`) };
};

window.addEventListener("message", (event) => {
  const { allowed, frame } = settings();
  const offered = () => capabilities(frame);
  const answers = frame ? { "lti.capabilities": offered } : { "lti.put_data": put, "lti.get_data": get };
  const asked = event.data;
  if (!allowed.includes(event.origin) || !asked || typeof asked.subject !== "string") return;
  const answer = answers[asked.subject];
  if (!answer) return;
  const reply = { subject: `${asked.subject}.response`, message_id: asked.message_id };
  event.source.postMessage({ ...reply, ...answer(event.origin, asked) }, event.origin);
});
