// Suggestions while a question is typed. Enter without a chosen one searches; without this file the form searches
// with its button.
"use strict";
import { combobox } from "./combobox.js";

const form = document.querySelector("[data-suggestions]");
if (form) {
  const input = form.querySelector("input[name=q]");
  combobox({
    input,
    list: document.getElementById(`${input.id}-list`),
    told: document.getElementById(`${input.id}-told`),
    address: (words) => `${form.dataset.suggestions}?q=${encodeURIComponent(words)}`,
    shown: (one) => [one.text],
    choose: (one) => window.location.assign(one.url),
    words: form.dataset,
  });
}
