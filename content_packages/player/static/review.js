// Before the end: an answer that an earlier page kept in this browser and could not send is not forgotten.
// Without this file the form hands in what the server has.

import { Outbox } from "./outbox.js";

const form = document.querySelector("[data-attempt]");
const outbox = new Outbox(form.dataset.attempt);

/** Goes to the question whose answer still waits, which sends it; resolves to whether there is one. */
async function sendFirst() {
  const [left] = await outbox.left();
  if (left) location.replace(form.dataset.question.replace(/\/\d+$/, `/${left.position}`));
  return Boolean(left);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (!(await sendFirst())) form.submit();
});
sendFirst().then((goes) => { if (!goes) form.dataset.ready = ""; });
