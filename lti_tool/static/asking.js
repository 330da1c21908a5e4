// Suggestions while a question is typed (ARIA combobox with a listbox). Enter without a chosen one searches.
// Without this file the form searches with its button.
"use strict";
(() => {
  const form = document.querySelector("[data-suggestions]");
  if (!form) return;
  const input = form.querySelector("input[name=q]");
  const list = document.getElementById(`${input.id}-list`);
  const told = document.getElementById(`${input.id}-told`);
  let found = [];
  let active = -1;
  let asked = 0;
  let timer = 0;

  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");

  const close = () => {
    list.hidden = true;
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };

  const mark = (number) => {
    active = number;
    list.querySelectorAll("[role=option]").forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === active));
      if (index === active) {
        input.setAttribute("aria-activedescendant", option.id);
        option.scrollIntoView({ block: "nearest" });
      }
    });
  };

  const choose = (number) => {
    if (found[number]) window.location.assign(found[number].url);
  };

  const show = () => {
    list.replaceChildren(
      ...found.map((one, index) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.textContent = one.text;
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          choose(index);
        });
        return option;
      }),
    );
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    input.removeAttribute("aria-activedescendant");
    active = -1;
    told.textContent = found.length ? `${found.length} ${form.dataset.some}` : form.dataset.none;
  };

  const look = async () => {
    const words = input.value.trim();
    if (words.length < 2) return close();
    const number = ++asked;
    try {
      const answer = await fetch(`${form.dataset.suggestions}?q=${encodeURIComponent(words)}`, {
        headers: { Accept: "application/json" },
      });
      if (!answer.ok || number !== asked) return;
      found = await answer.json();
      if (document.activeElement === input) show();
    } catch {
      // A poor line: the button still searches.
      close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 150);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      return close();
    }
    if (list.hidden) {
      if (event.key === "ArrowDown") look();
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = active < 0 && step < 0 ? 0 : active;
      mark((from + step + found.length) % found.length);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(active);
    }
  });
})();
