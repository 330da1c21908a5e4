// Tells the page around it, which is ours, that the unit is done.
if (window.parent !== window) {
  window.parent.postMessage("cchc-unit-ended", location.origin);
}
