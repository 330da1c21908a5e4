// Ordering without dragging: "up" and "down" beside each place. The lists to choose from stay, so that
// everything works with the keyboard, a screen reader, and without this file.

function move(list, index, by) {
  const fields = [...list.querySelectorAll("select")];
  const [one, other] = [fields[index], fields[index + by]];
  if (!one || !other) return;
  [one.value, other.value] = [other.value, one.value];
  one.dispatchEvent(new Event("change", { bubbles: true }));
  const button = other.closest("li").querySelector(by < 0 ? "[data-up]" : "[data-down]");
  (button.disabled ? other : button).focus();
}

export function offerMoves(list, words) {
  const places = [...list.children];
  places.forEach((place, index) => {
    const moves = document.createElement("div");
    moves.className = "moves";
    for (const [by, name, text] of [[-1, "up", words.wordsUp], [1, "down", words.wordsDown]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button button-quiet";
      button.dataset[name] = "";
      button.disabled = !places[index + by];
      button.textContent = `${by < 0 ? "↑" : "↓"} ${text}`;
      const label = place.querySelector("label").textContent.trim();
      button.setAttribute("aria-label", `${text}: ${label}`);
      button.addEventListener("click", () => move(list, index, by));
      moves.append(button);
    }
    place.append(moves);
  });
}
