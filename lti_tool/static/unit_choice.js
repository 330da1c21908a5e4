// Opens a list of units while the learner types. Without this file the form searches with its button and shows
// radio buttons.
"use strict";
import { combobox } from "./combobox.js";

const element = (name, className, text) => {
  const made = document.createElement(name);
  made.className = className;
  made.textContent = text;
  return made;
};

const form = document.querySelector("[data-unit-search]");
if (form) {
  const input = form.querySelector("input[name=ten]");
  const told = document.getElementById("ten-told");
  const chosen = document.getElementById("chosen");
  const send = chosen.querySelector("button[type=submit]");

  const choose = (unit) => {
    chosen.querySelectorAll("fieldset, .unit-chosen, input[name=unit_id]").forEach((old) => old.remove());
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = "unit_id";
    kept.value = unit.id;
    const words = element("p", "unit-chosen", "");
    words.append(element("strong", "", unit.name), unit.above ? `, ${unit.above}` : "");
    chosen.prepend(kept, words);
    input.value = unit.name;
    told.textContent = words.textContent;
    send.hidden = false;
    send.focus();
  };

  combobox({
    input,
    list: document.getElementById("ten-list"),
    told,
    address: (words) => `${form.dataset.unitSearch}?ten=${encodeURIComponent(words)}`,
    shown: (unit) => [element("strong", "", unit.name), element("span", "muted", unit.above)],
    choose,
    words: form.dataset,
  });
}
