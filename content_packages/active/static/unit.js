// The unit in the frame led to its farewell: back to the list of units.
const frame = document.getElementById("bai-hoc");
const back = document.getElementById("ve-danh-sach");
window.addEventListener("message", (event) => {
  if (frame && event.source === frame.contentWindow && event.origin === location.origin && event.data === "cchc-unit-ended") {
    location.assign(back.href);
  }
});
