// No cookie came back in this frame: keep a proof at the LMS if it offers that, else show the ways on.
"use strict";

(function () {
  const page = document.getElementById("ladder");
  const place = { storageTarget: page.dataset.storageTarget, platformOrigin: page.dataset.platformOrigin };
  const waiting = document.getElementById("ladder-waiting");
  const ways = document.getElementById("ladder-ways");
  const access = document.getElementById("ladder-access");
  const wentOut = document.getElementById("ladder-went-out");

  function showWays() {
    waiting.hidden = true;
    ways.hidden = false;
    // Asking makes sense inside a frame only, and once: who said no is shown the window.
    if (access && document.requestStorageAccess && window.top !== window.self) {
      access.hidden = false;
    }
  }

  function watchAccess() {
    if (!access) { return; }
    access.addEventListener("submit", function (event) {
      event.preventDefault();
      document.requestStorageAccess().then(
        function () { access.submit(); },
        function () {
          access.hidden = true;
          document.getElementById("ladder-denied").hidden = false;
          document.querySelector("#ladder-window button").focus();
        }
      );
    });
  }

  function watchWindow() {
    document.getElementById("ladder-window").addEventListener("submit", function () {
      // The browser opens the window after this handler; then the frame tells where the lesson went.
      setTimeout(function () {
        ways.hidden = true;
        wentOut.hidden = false;
        wentOut.focus();
      }, 0);
    });
  }

  watchAccess();
  watchWindow();
  if (!place.storageTarget) {
    showWays();
    return;
  }
  ways.hidden = true;
  waiting.hidden = false;
  window.cchcPlatformStorage.put(page.dataset.storageKey, page.dataset.storageProof, place).then(
    function () { location.replace(page.dataset.authorizationUrl); },
    showWays
  );
})();
