// The tool says that its registration is over: back to the list of tools. Loaded before the frame is parsed, so that
// a tool which is quicker than this page is heard too.
window.addEventListener("message", (event) => {
  const frame = document.getElementById("registration");
  const says = event.data && event.data.subject;
  if (!frame || event.source !== frame.contentWindow || event.origin !== frame.dataset.origin) return;
  if (says === "org.imsglobal.lti.close") window.location.assign(frame.dataset.afterwards);
});
