// Opens a list of units while the learner types (ARIA combobox with a listbox). Without this file the form
// searches with its button and shows radio buttons.
"use strict";
(() => {
  const form = document.querySelector("[data-unit-search]");
  if (!form) return;
  const input = form.querySelector("input[name=ten]");
  const list = document.getElementById("ten-list");
  const told = document.getElementById("ten-told");
  const chosen = document.getElementById("chosen");
  const send = chosen.querySelector("button[type=submit]");
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
    const unit = found[number];
    if (!unit) return;
    chosen.querySelectorAll("fieldset, .unit-chosen, input[name=unit_id]").forEach((old) => old.remove());
    const kept = document.createElement("input");
    kept.type = "hidden";
    kept.name = "unit_id";
    kept.value = unit.id;
    const words = document.createElement("p");
    words.className = "unit-chosen";
    const name = document.createElement("strong");
    name.textContent = unit.name;
    words.append(name, unit.above ? `, ${unit.above}` : "");
    chosen.prepend(kept, words);
    input.value = unit.name;
    told.textContent = words.textContent;
    send.hidden = false;
    close();
    send.focus();
  };

  const show = () => {
    list.replaceChildren(
      ...found.map((unit, index) => {
        const option = document.createElement("li");
        option.id = `ten-${index}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        const name = document.createElement("strong");
        name.textContent = unit.name;
        const above = document.createElement("span");
        above.className = "muted";
        above.textContent = unit.above;
        option.append(name, above);
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
      const answer = await fetch(`${form.dataset.unitSearch}?ten=${encodeURIComponent(words)}`, {
        headers: { Accept: "application/json" },
      });
      if (!answer.ok || number !== asked) return;
      found = await answer.json();
      show();
    } catch {
      // A poor line: the button still searches.
      close();
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, 200);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return close();
    if (list.hidden) {
      if (event.key === "ArrowDown") look();
      return;
    }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      mark((active + step + found.length) % found.length);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      choose(active);
    }
  });
})();
