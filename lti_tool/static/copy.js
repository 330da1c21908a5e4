// Copies the field that a button names. Without this file, or without a secure connection, the fields can still
// be selected and copied by keyboard, so the buttons show only when they can work.
"use strict";
for (const button of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard) continue;
  const field = document.getElementById(button.dataset.copy);
  const told = document.getElementById("copied");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      told.textContent = told.dataset.done;
    } catch {
      field.select();
      told.textContent = told.dataset.failed;
    }
  });
}
