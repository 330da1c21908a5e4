/* The record store: fields that suggest, progress of exports, copying. Without it every page still works. */
"use strict";

(() => {
  // ---- fields that suggest (WAI-ARIA combobox with a listbox) ----

  const PAUSE = 200;

  function suggest(field) {
    const input = field.querySelector("input.input");
    const value = field.querySelector("input[type=hidden]");
    const list = document.createElement("ul");
    list.className = "combobox-list";
    list.id = `${input.id}-goi-y`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", field.querySelector("label").textContent);
    list.hidden = true;
    const holder = document.createElement("div");
    holder.className = "combobox";
    input.replaceWith(holder);
    holder.append(input, list);
    for (const [name, text] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-controls", list.id], ["aria-expanded", "false"]]) {
      input.setAttribute(name, text);
    }

    let chosen = -1;
    let timer = 0;
    let asked = 0;

    function close() {
      list.hidden = true;
      chosen = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function mark(place) {
      const options = [...list.children];
      chosen = (place + options.length) % options.length;
      options.forEach((option, at) => option.setAttribute("aria-selected", String(at === chosen)));
      input.setAttribute("aria-activedescendant", options[chosen].id);
      options[chosen].scrollIntoView({ block: "nearest" });
    }

    function take(option) {
      input.value = option.dataset.label;
      value.value = option.dataset.value;
      close();
      input.focus();
    }

    function show(found) {
      list.replaceChildren(...found.map((one, place) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${place}`;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        option.dataset.value = one.value;
        option.dataset.label = one.label;
        option.textContent = one.label;
        if (one.note && one.note !== one.label) {
          const note = document.createElement("small");
          note.textContent = one.note;
          option.append(note);
        }
        option.addEventListener("mousedown", (event) => { event.preventDefault(); take(option); });
        return option;
      }));
      list.hidden = found.length === 0;
      input.setAttribute("aria-expanded", String(!list.hidden));
      chosen = -1;
    }

    async function ask() {
      const number = ++asked;
      const text = input.value.trim();
      if (text.length < 2) { close(); return; }
      const answer = await fetch(`${field.dataset.source}&q=${encodeURIComponent(text)}`, { headers: { Accept: "application/json" } });
      // An answer that was overtaken by another key is worth nothing.
      if (answer.ok && number === asked && document.activeElement === input) show(await answer.json());
    }

    input.addEventListener("input", () => {
      value.value = "";
      clearTimeout(timer);
      timer = setTimeout(() => ask().catch(close), PAUSE);
    });
    input.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") { event.preventDefault(); mark(chosen + 1); }
      else if (event.key === "ArrowUp") { event.preventDefault(); mark(chosen < 0 ? list.children.length - 1 : chosen - 1); }
      else if (event.key === "Enter" && chosen >= 0) { event.preventDefault(); take(list.children[chosen]); }
      else if (event.key === "Escape") { event.preventDefault(); close(); }
    });
    input.addEventListener("blur", close);
  }

  document.querySelectorAll("[data-combobox]").forEach(suggest);

  // ---- progress of exports ----

  const INTERVAL = 3000;

  function watch(section) {
    const status = section.querySelector("[data-progress-status]");
    const numbers = new Intl.NumberFormat(document.documentElement.lang);

    async function look() {
      if (document.hidden) return;
      const answer = await fetch(section.dataset.progress, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      for (const one of await answer.json()) {
        const row = section.querySelector(`[data-export="${one.id}"]`);
        if (!row) continue;
        const rows = row.querySelector("[data-rows]");
        const bar = row.querySelector("progress");
        if (rows) rows.textContent = numbers.format(one.rows);
        if (bar && one.percent !== null) bar.value = one.percent;
        if (row.dataset.state === one.state) continue;
        const wasOpen = row.dataset.state === "waiting" || row.dataset.state === "running";
        row.dataset.state = one.state;
        if (wasOpen && !one.is_open) await refresh(one.id, one.state);
      }
    }

    // The row as the server draws it now: the only place that knows its words.
    async function refresh(id, state) {
      const answer = await fetch(location.href);
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector(`[data-export="${id}"]`);
      const row = section.querySelector(`[data-export="${id}"]`);
      const held = row.contains(document.activeElement);
      if (fresh) row.replaceWith(fresh);
      if (held && fresh) (fresh.querySelector("a, button") || fresh).focus();
      if (state === "finished") status.textContent = status.dataset.finished;
    }

    const timer = setInterval(() => {
      const open = section.querySelector('[data-state="waiting"], [data-state="running"]');
      if (open) look().catch(() => {});
      else clearInterval(timer);
    }, INTERVAL);
  }

  document.querySelectorAll("[data-progress]").forEach(watch);

  // ---- copying ----

  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
      document.querySelector("[data-copy-status]").textContent = button.dataset.done;
      button.textContent = button.dataset.done;
    });
  });
})();
