// One of the two pictures of a comparison, with its caption, the window in which the two differ most, and the outline of
// the other one where that lies askew in it.

import { pathOf } from "./cards.js";
import { element, icon, jpegAddress, placeIn, pointsIn, shapeIn } from "./dom.js";

export function makeSide(side, onClick) {
  const img = element("img", { draggable: false, onclick: onClick });
  const mark = element("div", { className: "dupviz-window", hidden: true });
  const line = shapeIn("0 0 1 1", "polygon", { "vector-effect": "non-scaling-stroke" });
  line.setAttribute("class", "dupviz-outline");
  line.setAttribute("preserveAspectRatio", "none");
  const view = element("div", { className: "dupviz-view" }, img, line, mark);
  const caption = element("figcaption");
  const problem = element("p", { hidden: true });
  const frame = element("div", { className: "dupviz-frame" }, view, problem);
  const figure = element("figure", { dataset: { side } }, caption, frame);

  // `shown` is the part of the picture that is shown: left, top, right, bottom, as in `window`.
  function describe(file, { words, shape, window, outline, shown, asStored }) {
    const turned = file.turn && (asStored ? "as it is stored" : `shown ${file.turn}`);
    const all = [file.beside, file.reason, file.mse, turned, file.pixels, file.size, file.kind, ...file.camera];
    const facts = all.filter(Boolean).join(" · ");
    figure.dataset.action = file.action;
    figure.style.setProperty("--ratio", shape[0] / shape[1]);
    img.alt = file.name;
    mark.hidden = !window;
    if (window) Object.assign(mark.style, placeIn(shown, window));
    line.firstChild.setAttribute("points", outline ? pointsIn(shown, outline) : "");
    caption.replaceChildren(
      element("span", { className: "dupviz-mark" }, icon(file.action), words[file.action]),
      element("b", { textContent: pathOf(file) }),
      element("span", { textContent: facts }),
    );
  }

  // Show a picture, or why there is none; resolves when it is on the screen.
  async function show(bytes, reason) {
    const former = img.src;
    img.hidden = Boolean(reason);
    problem.hidden = !reason;
    problem.textContent = reason;
    if (reason) return clear();
    img.src = jpegAddress(bytes);
    URL.revokeObjectURL(former);
    await img.decode?.().catch(() => {}); // another one has taken its place
  }

  function clear() {
    URL.revokeObjectURL(img.src);
    img.removeAttribute("src");
  }

  return { figure, describe, show, clear };
}
