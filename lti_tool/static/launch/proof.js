// The message came without our cookie: fetch the proof from the LMS, or ask the browser again for our cookies,
// and post the message once more from this page of ours.
"use strict";

(function () {
  const form = document.getElementById("proof");
  const place = { storageTarget: form.dataset.storageTarget, platformOrigin: form.dataset.platformOrigin };

  function postOn() { form.submit(); }

  function askBrowser() {
    if (form.dataset.askedRung !== "storage_access" || !document.requestStorageAccess) {
      postOn();
      return;
    }
    // Allowed a moment ago on the page before; this page only has to say that it wants it, too.
    document.requestStorageAccess().then(postOn, postOn);
  }

  if (!place.storageTarget) {
    askBrowser();
    return;
  }
  window.cchcPlatformStorage.get(form.dataset.storageKey, place).then(function (value) {
    form.elements.cchc_proof.value = typeof value === "string" ? value : "";
    postOn();
  }, askBrowser);
})();
