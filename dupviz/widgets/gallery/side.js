// One of the two pictures of a comparison, with its caption and the window in which the two differ most.

import { pathOf } from "./cards.js";
import { element, icon, jpegAddress, placeIn } from "./dom.js";

export function makeSide(side, onClick) {
  const img = element("img", { draggable: false, onclick: onClick });
  const mark = element("div", { className: "dupviz-window", hidden: true });
  const view = element("div", { className: "dupviz-view" }, img, mark);
  const caption = element("figcaption");
  const problem = element("p", { hidden: true });
  const frame = element("div", { className: "dupviz-frame" }, view, problem);
  const figure = element("figure", { dataset: { side } }, caption, frame);

  // `shown` is the part of the picture that is shown: left, top, right, bottom, as in `window`.
  function describe(file, { words, shape, window, shown, asStored }) {
    const turned = file.turn && (asStored ? "as it is stored" : `shown ${file.turn}`);
    const all = [file.beside, file.reason, file.mse, turned, file.pixels, file.size, file.kind, ...file.camera];
    const facts = all.filter(Boolean).join(" · ");
    figure.dataset.action = file.action;
    figure.style.setProperty("--ratio", shape[0] / shape[1]);
    img.alt = file.name;
    mark.hidden = !window;
    if (window) Object.assign(mark.style, placeIn(shown, window));
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
