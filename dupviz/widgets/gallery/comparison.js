// Two files at full resolution: side by side, in flicker, or their difference.

import { button, clamp, element } from "./dom.js";
import { makeSide } from "./side.js";

const MODES = ["Side by side", "Flicker", "Difference"];
const FLICKER = 1;
const FLICKER_MS = 700;
const LARGEST_ZOOM = 16;
const WHOLE = { zoom: 1, centre: [0.5, 0.5] };

// `gallery` is what this needs of it: state(), groupOf(image), decide, send, showHelp, onShow(image), onClose(image).
export function makeComparison(gallery) {
  let image = null;
  let mode = 0;
  let asStored = false;
  let { zoom, centre } = WHOLE;
  let asked = ""; // the request that is being answered
  let flicker = null;

  const modes = MODES.map((name, i) => button(`${name} (${i + 1})`, () => setMode(i), {}, name));
  const stored = button("As it is stored (T)", () => setStored(!asStored), {}, "As stored");
  const marked = button("The place that differs most (W)", goToWindow, {}, "Marked place");
  const closer = button("Zoom in (+)", () => setZoom(zoom * 2), {}, "+");
  const farther = button("Zoom out (−)", () => setZoom(zoom / 2), {}, "−");
  const scale = element("span", { className: "dupviz-scale" });
  const sides = [0, 1].map((side) => makeSide(side, zoomAt));
  const stage = element("div", { className: "dupviz-stage" }, ...sides.map(({ figure }) => figure));
  const note = "Black where they are equal; differences are four times as bright.";
  const legend = element("span", { className: "dupviz-note", textContent: note });
  const toggle = button("Keep it, or let it go (Space)", () => gallery.decide[" "](), {}, "Keep it");
  const dialog = element(
    "dialog",
    { className: "dupviz-compare", aria: { label: "Compare two files" }, onclose: closed },
    element(
      "div",
      { className: "dupviz-bar" },
      element("span", { className: "dupviz-modes", role: "group" }, ...modes),
      stored,
      marked,
      element("span", { className: "dupviz-zoom" }, farther, scale, closer),
      toggle,
      button("Not a duplicate (D)", () => gallery.decide.d(), {}, "Not a duplicate"),
      button("Back (Esc)", () => dialog.close(), { className: "dupviz-main" }, "Back"),
    ),
    legend,
    stage,
  );

  function open(wanted) {
    const group = gallery.groupOf(wanted);
    if (!group) return;
    const isKeeper = group.files[0].image === wanted;
    image = isKeeper ? group.files[1].image : wanted;
    asked = "";
    ({ zoom, centre } = WHOLE);
    if (!dialog.open) dialog.showModal();
    dialog.focus();
    setMode(mode);
  }

  function closed() {
    clearInterval(flicker);
    gallery.onClose(image);
  }

  function update() {
    if (!dialog.open) return;
    const files = gallery.groupOf(image)?.files ?? [];
    const file = files.find((each) => each.image === image);
    if (!file || file.first) return dialog.close();
    gallery.onShow(image);
    for (const [i, each] of modes.entries()) each.setAttribute("aria-pressed", i === mode);
    dialog.dataset.mode = mode;
    stored.hidden = !file.turn;
    stored.setAttribute("aria-pressed", asStored);
    scale.textContent = `${zoom}×`;
    toggle.replaceChildren(file.action === "remove" ? "Keep it" : "Let it go");
    farther.disabled = zoom === 1;
    closer.disabled = zoom === LARGEST_ZOOM;
    marked.hidden = !file.window;
    const keeper = keeperOf(file);
    const { words } = gallery.state();
    const shape = storedShape(keeper);
    sides[0].describe(keeper, { words, shape, window: file.window?.slice(0, 4), shown: box(), asStored: true });
    const ownShape = asStored ? storedShape(file) : file.shape;
    const window = asStored && file.turn ? null : file.window?.slice(4);
    sides[1].describe(file, { words, shape: mode ? shape : ownShape, window, shown: box(), asStored });
    ask(keeper.image, file);
  }

  const storedShape = (file) => (file.rotation % 180 ? [...file.shape].reverse() : file.shape);

  // The file that it goes for, or is compared with: not always the one that stays.
  function keeperOf(file) {
    const { files } = gallery.groupOf(file.image);
    return files.find((each) => each.image === file.keeper) ?? files[0];
  }

  async function ask(keeper, file) {
    const turn = asStored ? [0, false] : [file.rotation, file.mirrored];
    const side = Math.ceil(Math.max(screen.width, screen.height) * devicePixelRatio);
    const request = {
      files: [
        [keeper, 0, false],
        [file.image, ...turn],
      ],
      side,
      box: box(),
    };
    const text = JSON.stringify(request);
    if (asked === text) return;
    asked = text;
    dialog.setAttribute("aria-busy", true);
    const answer = await gallery.send("compare", request);
    if (!dialog.open || asked !== text) return;
    dialog.setAttribute("aria-busy", false);
    if (answer) for (const [i, side] of sides.entries()) side.show(answer.pictures[i], answer.reasons[i]);
  }

  // The part of the pictures that is shown: left, top, right, bottom.
  function box() {
    const half = 0.5 / zoom;
    const [x, y] = centre.map((at) => clamp(at, half, 1 - half));
    return [x - half, y - half, x + half, y + half];
  }

  function goToWindow() {
    const { window } = gallery.groupOf(image).files.find((each) => each.image === image);
    if (!window) return;
    const [left, top, right, bottom] = window;
    centre = [(left + right) / 2, (top + bottom) / 2];
    const wanted = 0.25 / Math.max(right - left, bottom - top);
    setZoom(zoom > 1 ? 1 : 2 ** Math.floor(Math.log2(clamp(wanted, 2, LARGEST_ZOOM))));
  }

  function setMode(next) {
    mode = next;
    clearInterval(flicker);
    stage.dataset.top = 1;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (mode === FLICKER && !isCalm) flicker = setInterval(flip, FLICKER_MS);
    update();
  }

  function flip() {
    stage.dataset.top = 1 - stage.dataset.top;
  }

  function flipByHand() {
    if (mode !== FLICKER) setMode(FLICKER);
    clearInterval(flicker);
    flip();
  }

  function setStored(next) {
    asStored = next;
    update();
  }

  function setZoom(next) {
    zoom = clamp(next, 1, LARGEST_ZOOM);
    update();
  }

  function zoomAt(event) {
    const { left, top, width, height } = event.target.getBoundingClientRect();
    const [x0, y0, x1, y1] = box();
    const across = (event.clientX - left) / width;
    const down = (event.clientY - top) / height;
    centre = [x0 + across * (x1 - x0), y0 + down * (y1 - y0)];
    setZoom(zoom * 2);
  }

  // An arrow key: another part of the pictures, or another file of the group.
  function step(x, y) {
    if (zoom > 1) {
      const [x0, y0, x1, y1] = box();
      centre = [(x0 + x1) / 2 + (0.25 * x) / zoom, (y0 + y1) / 2 + (0.25 * y) / zoom];
      return update();
    }
    const files = gallery.groupOf(image).files.filter((file) => !file.first);
    const next = files[files.findIndex((file) => file.image === image) + x];
    if (x && next) open(next.image);
  }

  const keys = {
    ...gallery.decide,
    1: () => setMode(0),
    2: () => setMode(1),
    3: () => setMode(2),
    f: flipByHand,
    t: () => setStored(!asStored),
    w: goToWindow,
    "+": () => setZoom(zoom * 2),
    "=": () => setZoom(zoom * 2),
    "-": () => setZoom(zoom / 2),
    ArrowLeft: () => step(-1, 0),
    ArrowRight: () => step(1, 0),
    ArrowUp: () => step(0, -1),
    ArrowDown: () => step(0, 1),
    "?": gallery.showHelp,
  };
  return { dialog, open, update, keys };
}
