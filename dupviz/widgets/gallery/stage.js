// Two files at full resolution, as one sees them: side by side, in flicker, or their difference; whole or in part.

import { button, clamp, element } from "./dom.js";
import { makeSide } from "./side.js";

const MODES = ["Side by side", "Flicker", "Difference"];
const FLICKER = 1;
const FLICKER_MS = 700;
const HELD_MS = 250; // between two pictures while the key is held
const LARGEST_ZOOM = 16;
const WHOLE = { zoom: 1, centre: [0.5, 0.5] };
const REMEMBERED_PAIRS = 6; // answers with pictures as large as the screen

const storedShape = (file) => (file.rotation % 180 ? [...file.shape].reverse() : file.shape);

// `ask` asks for pictures; `onShow` is called when those of a pair are new on the screen.
export function makeStage(ask, onShow) {
  let pair = null; // { keeper, file, words }
  let mode = 0;
  let asStored = false;
  let { zoom, centre } = WHOLE;
  let asked = ""; // the request that is being answered
  let flicker = null;
  let held = null; // the mode to go back to, while the key of flicker is held
  const answers = new Map(); // request → what is answered

  const modes = MODES.map((name, i) => button(`${name} (${i + 1})`, () => setMode(i), {}, name));
  const stored = button("As it is stored (T)", () => setStored(!asStored), {}, "As stored");
  const marked = button("The place that differs most (W)", goToWindow, {}, "Marked place");
  const closer = button("Zoom in (+)", () => setZoom(zoom * 2), {}, "+");
  const farther = button("Zoom out (−)", () => setZoom(zoom / 2), {}, "−");
  const scale = element("span", { className: "dupviz-scale" });
  const controls = [
    element("span", { className: "dupviz-modes", role: "group" }, ...modes),
    stored,
    marked,
    element("span", { className: "dupviz-zoom" }, farther, scale, closer),
  ];
  const sides = [0, 1].map((side) => makeSide(side, zoomAt));
  const node = element("div", { className: "dupviz-stage" }, ...sides.map(({ figure }) => figure));
  node.setAttribute("aria-busy", false);

  // Show a pair; another one begins as a whole.
  function show(next) {
    const isNew = next.file.image !== pair?.file.image || next.keeper.image !== pair?.keeper.image;
    pair = next;
    if (isNew) {
      ({ zoom, centre } = WHOLE);
      asked = "";
      node.dataset.top = 1;
    }
    draw(isNew);
  }

  function draw(isNew = false) {
    if (!pair) return;
    const { keeper, file, words } = pair;
    for (const [i, each] of modes.entries()) each.setAttribute("aria-pressed", i === mode);
    node.dataset.mode = mode;
    stored.hidden = !file.turn;
    stored.setAttribute("aria-pressed", asStored);
    scale.textContent = `${zoom}×`;
    farther.disabled = zoom === 1;
    closer.disabled = zoom === LARGEST_ZOOM;
    marked.hidden = !file.window;
    const shape = storedShape(keeper);
    const inKeeper = { window: file.window?.slice(0, 4), outline: file.outlines?.[0] };
    sides[0].describe(keeper, { words, shape, ...inKeeper, shown: box(), asStored: true });
    const ownShape = asStored ? storedShape(file) : file.shape;
    const inFile = asStored && file.turn ? {} : { window: file.window?.slice(4), outline: file.outlines?.[1] };
    sides[1].describe(file, { words, shape: mode ? shape : ownShape, ...inFile, shown: box(), asStored });
    load(request(keeper, file, box()), isNew);
  }

  function request(keeper, file, part) {
    const turn = asStored ? [0, false] : [file.rotation, file.mirrored];
    const side = Math.ceil(Math.max(screen.width, screen.height) * devicePixelRatio);
    const files = [
      [keeper.image, 0, false],
      [file.image, ...turn],
    ];
    return { files, side, box: part };
  }

  async function load(wanted, isNew) {
    const text = JSON.stringify(wanted);
    if (asked === text) return;
    asked = text;
    node.setAttribute("aria-busy", true);
    if (isNew) for (const side of sides) side.clear(); // the former pair does not stand under the names of this one
    const answer = await find(wanted);
    if (!pair || asked !== text) return;
    if (answer) {
      await Promise.all(sides.map((side, i) => side.show(answer.pictures[i], answer.reasons[i])));
      if (!pair || asked !== text) return;
    }
    node.setAttribute("aria-busy", false);
    onShow();
  }

  // What is answered to a request, which is remembered for a while.
  async function find(wanted) {
    const text = JSON.stringify(wanted);
    if (!answers.has(text)) answers.set(text, ask("compare", wanted));
    for (const each of [...answers.keys()].slice(0, -REMEMBERED_PAIRS)) answers.delete(each);
    const answer = await answers.get(text);
    if (!answer) answers.delete(text);
    return answer;
  }

  // The part of the pictures that is shown: left, top, right, bottom.
  function box() {
    const half = 0.5 / zoom;
    const [x, y] = centre.map((at) => clamp(at, half, 1 - half));
    return [x - half, y - half, x + half, y + half];
  }

  function goToWindow() {
    const { window } = pair.file;
    if (!window) return;
    const [left, top, right, bottom] = window;
    centre = [(left + right) / 2, (top + bottom) / 2];
    const wanted = 0.25 / Math.max(right - left, bottom - top);
    setZoom(zoom > 1 ? 1 : 2 ** Math.floor(Math.log2(clamp(wanted, 2, LARGEST_ZOOM))));
  }

  function setMode(next) {
    mode = next;
    clearInterval(flicker);
    node.dataset.top = 1;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (mode === FLICKER && !isCalm) flicker = setInterval(flip, FLICKER_MS);
    draw();
  }

  function flip() {
    node.dataset.top = 1 - node.dataset.top;
  }

  // The other picture, by a key; while it is held, one after the other.
  function hold(isRepeated) {
    if (isRepeated && held === null) return;
    if (isRepeated) {
      if (!held.isLong) flicker = setInterval(flip, HELD_MS);
      held.isLong = true;
      return;
    }
    held = { mode, isLong: false };
    if (mode !== FLICKER) setMode(FLICKER);
    clearInterval(flicker);
    flip();
  }

  function release() {
    if (held?.isLong) setMode(held.mode);
    held = null;
  }

  function setStored(next) {
    asStored = next;
    draw();
  }

  function setZoom(next) {
    zoom = clamp(next, 1, LARGEST_ZOOM);
    draw();
  }

  function zoomAt(event) {
    const { left, top, width, height } = event.target.getBoundingClientRect();
    const [x0, y0, x1, y1] = box();
    centre = [x0 + ((event.clientX - left) / width) * (x1 - x0), y0 + ((event.clientY - top) / height) * (y1 - y0)];
    setZoom(zoom * 2);
  }

  // Another part of the pictures; false if all of them is shown.
  function pan(x, y) {
    if (zoom === 1) return false;
    const [x0, y0, x1, y1] = box();
    centre = [(x0 + x1) / 2 + (0.25 * x) / zoom, (y0 + y1) / 2 + (0.25 * y) / zoom];
    draw();
    return true;
  }

  function close() {
    clearInterval(flicker);
    pair = held = null;
    answers.clear();
  }

  const keys = {
    1: () => setMode(0),
    2: () => setMode(1),
    3: () => setMode(2),
    f: (event) => hold(event.repeat),
    t: () => setStored(!asStored),
    w: goToWindow,
    "+": () => setZoom(zoom * 2),
    "=": () => setZoom(zoom * 2),
    "-": () => setZoom(zoom / 2),
  };
  const isReady = () => node.getAttribute("aria-busy") === "false";
  const preload = ({ keeper, file }) => find(request(keeper, file, [0, 0, 1, 1]));
  return { node, controls, keys, show, preload, pan, release, isReady, begin: () => setMode(mode), close };
}
