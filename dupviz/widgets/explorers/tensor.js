// One picture as numbers: a pixel is marked, and what is there can be changed.

import { button, element } from "../gallery/dom.js";
import { makeCheckbox, makeChoice, makePictureMenu, makeSlider, takeDropped } from "./controls.js";
import { addressOf, drawing, FEWEST_PIXELS, marker, pickable, picture, pointIn, shape, words } from "./drawing.js";
import { openExplorer, save } from "./explorer.js";
import { counted, mse, pixelOf, written } from "./numbers.js";
import { makeView } from "./view.js";

const CHANNELS = ["red", "green", "blue"];
const NARROW = 620; // pixels of the screen, below which the matrices stand below the picture
const ALL_NUMBERS = 6; // rows and columns of a picture in whose cells its three numbers have room
const LINE = 14; // of these
const LUMA = [0.3, 0.59, 0.11];
const VALUES = ["picture", "size", "row", "column", "channels", "changed", "arrangement"];

export function openTensor(model, source, parent) {
  const set = (values) => save(model, values);
  const get = (name) => model.get(name);
  const menu = makePictureMenu(source, "Picture", (name) => set({ picture: name, changed: [] }));
  const size = makeSizes(source.sizes, resize);
  const arrangement = makeChoice("Arrangement", ["stack", "matrices"], (chosen) => set({ arrangement: chosen }));
  const row = makeSlider("Row", "Row of the marked pixel: the first index", { min: 0 }, (at) => set({ row: at }));
  const column = makeSlider("Column", "Column of the marked pixel: the second index", { min: 0 }, (at) =>
    set({ column: at }),
  );
  const restore = button(
    "Undo all changes",
    () => set({ changed: [], channels: [true, true, true] }),
    {},
    "Restore the picture",
  );
  const values = CHANNELS.map((name, channel) => {
    const title = `How ${name} the marked pixel is: move to change it`;
    return makeSlider(name, title, { min: 0, max: 255 }, (value) => change(channel, value));
  });
  const channels = CHANNELS.map((name, channel) =>
    makeCheckbox(`${name} on`, (isOn) =>
      set({ channels: get("channels").map((was, i) => (i === channel ? isOn : was)) }),
    ),
  );
  const view = makeView((down, right) => set({ row: down, column: right }));
  const facts = element("div", { className: "dupviz-facts", aria: { live: "polite" } });
  let newest = 0;
  let anchor = null; // the place that was marked last, at the size that there was

  // The marked place stays where it is in the picture: also after many sizes, at each of which it is rounded.
  function resize(next) {
    const here = { size: get("size"), row: get("row"), column: get("column") };
    if (!anchor || ["row", "column"].some((name) => placeAt(here.size, name) !== here[name])) anchor = here;
    set({ size: next, row: placeAt(next, "row"), column: placeAt(next, "column"), changed: [] });
  }

  const placeAt = (sized, name) => Math.floor((anchor[name] * sized) / anchor.size);

  function change(channel, value) {
    const place = [get("row"), get("column"), channel];
    const others = get("changed").filter((each) => place.some((at, i) => each[i] !== at));
    set({ changed: [...others, [...place, value]] });
  }

  async function draw() {
    const mine = ++newest;
    const original = await source.tensor(get("picture"), get("size"));
    if (mine !== newest) return;
    const edited = { size: original.size, data: original.data.slice() };
    for (const [down, right, channel, value] of get("changed"))
      edited.data[3 * (down * original.size + right) + channel] = value;
    const visible = get("channels");
    const shown = { size: original.size, data: edited.data.map((value, i) => (visible[i % 3] ? value : 0)) };
    const place = ["row", "column"].map((name) => Math.min(get(name), original.size - 1));
    drawControls(pixelOf(edited, ...place), place);
    const isNarrow = parent.clientWidth > 0 && parent.clientWidth < NARROW;
    const parts = drawTensor(shown, place, visible, get("arrangement") === "stack", isNarrow);
    view.show(`${get("picture")}, with its three channels. Arrow keys move the marked pixel.`, [parts], ...place);
    facts.replaceChildren(...describe(shown, original, place));
  }

  function drawControls(pixel, place) {
    const last = get("size") - 1;
    menu.set(get("picture"));
    size.set(get("size"));
    arrangement.set(get("arrangement"));
    row.set(place[0], last);
    column.set(place[1], last);
    for (const [channel, value] of pixel.entries()) {
      values[channel].set(value);
      channels[channel].set(get("channels")[channel]);
    }
  }

  const end = openExplorer({
    model,
    parent,
    label: "Tensor explorer",
    values: VALUES,
    draw,
    parts: [
      element("div", { className: "dupviz-row" }, menu.node, size.node, arrangement.node),
      view.node,
      element("div", { className: "dupviz-row" }, row.node, column.node, restore),
      element(
        "div",
        { className: "dupviz-row" },
        ...CHANNELS.map((name, i) =>
          element("div", { className: "dupviz-channel", dataset: { name } }, values[i].node, channels[i].node),
        ),
      ),
      facts,
    ],
  });
  const resized = new ResizeObserver(draw);
  resized.observe(parent);
  if (source.add) takeDropped(parent, ([file]) => file && menu.add(file));
  return () => {
    resized.disconnect();
    end();
  };
}

// Of all sizes, or of those that a page has.
function makeSizes(sizes, choose) {
  const limits = { min: 0, max: sizes.length - 1 };
  const slider = makeSlider(
    "Size",
    "Rows and columns of the tensor",
    limits,
    (place) => choose(sizes[place]),
    (place) => sizes[place],
  );
  return { node: slider.node, set: (size) => slider.set(sizes.indexOf(size)) };
}

function describe(tensor, original, [row, column]) {
  const { size, data } = tensor;
  const facts = [
    `shape (${size}, ${size}, 3): ${size} · ${size} · 3 = ${counted(data.length)} numbers`,
    `tensor[${row}, ${column}] = (${pixelOf(tensor, row, column).join(", ")})`,
    `MSE to the unchanged values: ${written(mse(tensor, original))}`,
  ];
  return facts.map((textContent) => element("code", { textContent }));
}

// An image beside its three matrices, or above them, with one pixel marked in all of them.
function drawTensor(tensor, [row, column], visible, isStack, isNarrow) {
  const { size } = tensor;
  const { width, height, first, frames } = layout(isStack, isNarrow);
  const showsNumbers = frames[0].width / size >= FEWEST_PIXELS;
  const parts = [words(first.x, first.y - 8, "the picture"), ...whole(first, tensor)];
  if (size <= ALL_NUMBERS) parts.push(...pixelNumbers(first, tensor));
  for (const [channel, frame] of frames.entries()) {
    parts.push(words(frame.x, frame.y - 8, `${CHANNELS[channel]}${visible[channel] ? "" : " (off)"}`));
    parts.push(...whole(frame, tinted(tensor, channel)));
    if (showsNumbers) parts.push(...numbers(frame, tensor, channel));
  }
  const all = [first, ...frames];
  if (isStack && !showsNumbers) {
    const points = all.map((frame) => pointIn(frame, row, column, size).join(",")).join(" ");
    parts.push(...["dupviz-ray-edge", "dupviz-ray"].map((name) => shape("polyline", { points, class: name })));
  }
  parts.push(...all.map((frame) => marker(frame, row, column, size)));
  if (!showsNumbers) {
    for (const [channel, frame] of frames.entries()) {
      const [x, y] = pointIn(frame, row, column, size);
      parts.push(words(x + 10, y - 8, pixelOf(tensor, row, column)[channel], { class: "dupviz-value" }));
    }
  }
  return drawing(width, height, ...parts);
}

// Where the picture and the matrices are, in a drawing of some size.
function layout(isStack, isNarrow) {
  if (isNarrow) {
    const first = { x: 45, y: 24, width: 260, height: 260 };
    const frame = (channel) =>
      isStack
        ? { x: 2 + 118 * channel, y: 318, width: 100, height: 150, slope: 36 }
        : { x: 1 + 118 * channel, y: 318, width: 112, height: 112 };
    return { width: 350, height: isStack ? 506 : 434, first, frames: [0, 1, 2].map(frame) };
  }
  const first = { x: 1, y: 28, width: 300, height: 300 };
  const frame = (channel) =>
    isStack
      ? { x: 353 + 204 * channel, y: 28, width: 176, height: 238, slope: 62 }
      : { x: 345 + 206 * channel, y: 82, width: 196, height: 196 };
  return { width: 960, height: 336, first, frames: [0, 1, 2].map(frame) };
}

const whole = (frame, tensor) => [picture(frame, addressOf(tensor)), pickable(frame, tensor.size, tensor.size)];

// An image in the light of one channel: the others are 0.
const tinted = ({ size, data }, channel) => ({ size, data: data.map((value, i) => (i % 3 === channel ? value : 0)) });

function* cells(size) {
  for (let row = 0; row < size; row++) for (let column = 0; column < size; column++) yield [row, column];
}

const numbers = (frame, tensor, channel) =>
  [...cells(tensor.size)].map(([row, column]) => {
    const [x, y] = pointIn(frame, row, column, tensor.size);
    return words(x, y, pixelOf(tensor, row, column)[channel], { class: "dupviz-cell" });
  });

// The three numbers of each pixel below each other in its cell.
const pixelNumbers = (frame, tensor) =>
  [...cells(tensor.size)].map(([row, column]) => {
    const pixel = pixelOf(tensor, row, column);
    const [x, y] = pointIn(frame, row, column, tensor.size);
    const luma = pixel.reduce((sum, value, i) => sum + LUMA[i] * value, 0);
    const lines = pixel.map((value, i) => shape("tspan", { x, y: y + LINE * (i - 1) }, value));
    return shape("text", { class: "dupviz-cell", style: `fill: ${luma < 128 ? "#fff" : "#000"}` }, ...lines);
  });
