// Asks the storage that the LMS keeps for tools (LTI Client Side postMessages 0.1). Messages go to the LMS's
// own origin only, and only its answers to our question count.
"use strict";

window.cchcPlatformStorage = (function () {
  const PATIENCE_MS = 3000;

  // `_parent`, or a frame beside ours; a launch in a window of its own looks behind it.
  function targetFrame(name) {
    const around = window.opener || window.parent;
    if (name === "_parent") {
      return around;
    }
    try {
      return around.frames[name] || around;
    } catch (_forbidden) {
      return around;
    }
  }

  function ask(subject, fields, place) {
    const target = targetFrame(place.storageTarget);
    const messageId = crypto.randomUUID ? crypto.randomUUID() : String(Math.random()).slice(2);
    return new Promise(function (resolve, reject) {
      const timer = setTimeout(function () { done(reject, new Error("no answer")); }, PATIENCE_MS);
      function done(settle, value) {
        clearTimeout(timer);
        window.removeEventListener("message", listen);
        settle(value);
      }
      function listen(event) {
        const answer = event.data;
        if (event.origin !== place.platformOrigin || event.source !== target) { return; }
        if (!answer || typeof answer !== "object" || answer.message_id !== messageId) { return; }
        if (answer.subject !== subject + ".response") { return; }
        if (answer.error) { done(reject, new Error(String(answer.error.code || "error"))); } else { done(resolve, answer); }
      }
      window.addEventListener("message", listen);
      try {
        target.postMessage(Object.assign({ subject: subject, message_id: messageId }, fields), place.platformOrigin);
      } catch (failed) {
        done(reject, failed);
      }
    });
  }

  return {
    put: function (key, value, place) { return ask("lti.put_data", { key: key, value: value }, place); },
    get: function (key, place) { return ask("lti.get_data", { key: key }, place).then(function (answer) { return answer.value; }); },
  };
})();
