// Shows how far a running self-test is. Without this file the page offers to be loaded again.
"use strict";
const shown = document.getElementById("self-test-result");
async function look() {
  if (!shown.querySelector('[data-running="yes"]')) return;
  try {
    const answer = await fetch(shown.dataset.source, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = await answer.text();
    // Unchanged words are not read out again.
    if (page.trim() !== shown.dataset.last) {
      shown.dataset.last = page.trim();
      shown.innerHTML = page;
    }
  } catch {
    // The next look may succeed.
  }
  setTimeout(look, 2000);
}
if (shown) setTimeout(look, 1000);
