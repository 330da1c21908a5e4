// A field that opens a list of what could be meant (WAI-ARIA APG, editable combobox with list autocomplete).
"use strict";

/**
 * @param {object} given
 * @param {HTMLInputElement} given.input the field
 * @param {HTMLElement} given.list an empty, hidden list
 * @param {HTMLElement} given.told a live region for the number of results
 * @param {(words: string) => string} given.address where JSON for the words is
 * @param {(one: object) => Array<string | Node>} given.shown what a result shows
 * @param {(one: object) => void} given.choose what choosing a result does
 * @param {{some: string, none: string}} given.words what the live region says
 */
export const combobox = ({ input, list, told, address, shown, choose, words }) => {
  const pause = 150;
  const fewest = 2;
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

  const take = (number) => {
    const one = found[number];
    if (!one) return;
    close();
    choose(one);
  };

  const optionOf = (one, index) => {
    const option = document.createElement("li");
    option.id = `${list.id}-${index}`;
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    option.append(...shown(one));
    option.addEventListener("mousedown", (event) => {
      // The field keeps the focus, or leaving it would close the list before the click arrives.
      event.preventDefault();
      take(index);
    });
    return option;
  };

  const show = () => {
    close();
    list.replaceChildren(...found.map(optionOf));
    list.hidden = found.length === 0;
    input.setAttribute("aria-expanded", String(found.length > 0));
    told.textContent = found.length ? `${found.length} ${words.some}` : words.none;
  };

  const look = async () => {
    const typed = input.value.trim();
    if (typed.length < fewest) return close();
    const number = ++asked;
    try {
      const answer = await fetch(address(typed), { headers: { Accept: "application/json" } });
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
    timer = setTimeout(look, pause);
  });
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (list.hidden) {
      if (event.key === "ArrowDown") look();
      return;
    }
    if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      const from = active < 0 && step < 0 ? 0 : active;
      mark((from + step + found.length) % found.length);
    } else if (event.key === "Enter" && active >= 0) {
      event.preventDefault();
      take(active);
    }
  });
};
