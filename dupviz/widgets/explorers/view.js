// What an explorer draws, and which cell of it is pointed at: by mouse, finger or arrow keys.

import { clamp, element } from "../gallery/dom.js";

const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// `point` is told the row and column.
export function makeView(point) {
  const node = element("div", { className: "dupviz-view", role: "application" });
  node.addEventListener("pointerdown", pointAt);
  node.addEventListener("pointermove", pointAt);
  node.addEventListener("keydown", step);
  let newest = 0;
  let place = [0, 0];

  // Show a drawing, in which a cell is marked. What it shows is said to those who do not see it.
  async function show(label, parts, row = 0, column = 0) {
    place = [row, column];
    node.setAttribute("aria-label", label);
    const mine = ++newest;
    // Decoded before they are shown: a picture that is still loading would flicker.
    await Promise.allSettled(parts.flatMap((part) => [...part.querySelectorAll("image")]).map(decoded));
    if (mine !== newest) return;
    node.replaceChildren(...parts);
    node.tabIndex = node.querySelector("[data-rows]") ? 0 : -1;
  }

  function decoded(image) {
    const ahead = new Image();
    ahead.src = image.getAttribute("href");
    return ahead.decode();
  }

  function pointTo({ dataset }, row, column) {
    const [down, right] = [
      [row, dataset.rows],
      [column, dataset.columns],
    ].map(([at, cells]) => clamp(Math.floor(at), 0, Number(cells) - 1));
    point(down, right);
  }

  function pointAt(event) {
    const target = event.buttons && event.target.closest("[data-rows]");
    if (!target) return;
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(target.getScreenCTM().inverse());
    pointTo(target, at.y * target.dataset.rows, at.x * target.dataset.columns);
  }

  function step(event) {
    const target = node.querySelector("[data-rows]");
    if (!target || !(event.key in STEPS)) return;
    const [down, right] = STEPS[event.key];
    pointTo(target, place[0] + down, place[1] + right);
    event.preventDefault();
    event.stopPropagation();
  }

  return { node, show };
}
