// Searches while the teacher types, and chooses without leaving the place in the list. Without this file every
// form of the page works by itself; when a request fails, so it does here.
"use strict";
(() => {
  const search = document.getElementById("search");
  if (!search) return;
  const pause = 300;
  let timer = 0;
  let newest = 0;

  // Takes the named parts of another state of this page over into this one.
  function show(html, names) {
    const other = new DOMParser().parseFromString(html, "text/html");
    for (const name of names) {
      const here = document.getElementById(name);
      const there = other.getElementById(name);
      if (!here || !there) return false;
      here.replaceChildren(...there.childNodes);
    }
    return true;
  }

  async function find() {
    const mine = ++newest;
    const address = `${location.pathname}?${new URLSearchParams(new FormData(search))}`;
    try {
      const answer = await fetch(address, { headers: { Accept: "text/html" } });
      const html = await answer.text();
      if (mine !== newest) return;
      if (!answer.ok || !show(html, ["results", "basket"])) throw new Error("not the list");
      history.replaceState(null, "", address);
    } catch {
      if (mine === newest) search.submit();
    }
  }

  search.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(find, event.target.type === "search" ? pause : 0);
  });
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    find();
  });

  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-basket]") || form.elements.next) return;
    event.preventDefault();
    const button = event.submitter;
    const fields = new FormData(form, button);
    const content = fields.get("content");
    button.setAttribute("aria-disabled", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(fields), headers: { Accept: "text/html" } });
      if (!answer.ok || !show(await answer.text(), ["results", "basket"])) throw new Error("not the list");
      const again = document.querySelector(`[data-focus="${CSS.escape(content)}"]`) || document.querySelector("#basket a");
      if (again) again.focus({ preventScroll: true });
    } catch {
      button.removeAttribute("aria-disabled");
      const kept = document.createElement("input");
      Object.assign(kept, { type: "hidden", name: button.name, value: button.value });
      form.append(kept);
      form.submit();
    }
  });
})();
