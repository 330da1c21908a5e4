/* Official reports: sections are kept as they are typed; progress of files. Without it every page still works. */
"use strict";

(() => {
  const PAUSE = 1500;
  const LOOK = 2500;

  function autosave(form) {
    const text = form.querySelector("textarea");
    const revision = form.querySelector("input[name=revision]");
    const status = form.querySelector("[role=status]");
    let kept = text.value;
    let timer = 0;
    let busy = false;

    async function save() {
      if (busy || text.value === kept) return;
      busy = true;
      const sent = text.value;
      try {
        const answer = await fetch(form.action, {
          method: "POST",
          body: new URLSearchParams(new FormData(form)),
          headers: { Accept: "application/json" },
        });
        if (!answer.ok) throw new Error(String(answer.status));
        revision.value = (await answer.json()).revision;
        kept = sent;
        status.textContent = status.dataset.saved;
      } catch {
        status.textContent = status.dataset.failed;
      }
      busy = false;
      if (text.value !== kept && status.textContent === status.dataset.saved) save();
    }

    text.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    });
    text.addEventListener("blur", save);
    window.addEventListener("beforeunload", (event) => {
      if (text.value !== kept) event.preventDefault();
    });
    form.addEventListener("submit", () => { kept = text.value; });
  }

  function watch(card) {
    const status = card.querySelector("[data-report-status]");

    async function look() {
      const answer = await fetch(card.dataset.reportProgress, { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const jobs = await answer.json();
      for (const job of jobs) {
        const bar = card.querySelector(`[data-job="${job.id}"]`);
        if (bar) bar.value = job.done;
      }
      if (jobs.some((job) => job.state === "waiting" || job.state === "running")) {
        setTimeout(look, LOOK);
        return;
      }
      const link = document.createElement("a");
      link.href = "";
      link.textContent = status.dataset.reload;
      status.replaceChildren(`${status.dataset.finished} `, link);
    }

    setTimeout(look, LOOK);
  }

  document.querySelectorAll("form[data-autosave]").forEach(autosave);
  document.querySelectorAll("[data-report-progress]").forEach(watch);
})();
