// Tells the LMS that its frame or window can be closed. The message carries nothing, so any opener may hear it:
// an LMS's pages do not always lie at its issuer's address. Without this file the administrator closes the window.
"use strict";
const button = document.getElementById("close-registration");
const lms = window.opener || (window.parent !== window ? window.parent : null);
if (button && lms) {
  button.hidden = false;
  document.getElementById("close-by-hand").hidden = true;
  button.focus();
  button.addEventListener("click", () => lms.postMessage({ subject: "org.imsglobal.lti.close" }, "*"));
}
