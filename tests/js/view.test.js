// The canvas of the explorers: draws what Python draws, and says which cell is pointed at.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { press, settled, window } from "./page.js";

globalThis.Image = class {
  decode() {
    return new Promise((resolve) => decoding.push(() => settled(resolve())));
  }
};
globalThis.DOMPoint = class {
  constructor(x, y) {
    Object.assign(this, { x, y });
  }
  matrixTransform({ scale }) {
    return { x: this.x * scale, y: this.y * scale };
  }
};
const { default: widget } = await import("../../dupviz/widgets/view.js");

let decoding; // what ends the decoding of each picture
let model;
let view;

function makeModel(values) {
  const listeners = {};
  return {
    values,
    saved: 0,
    get: (name) => values[name],
    set: (changes) => Object.assign(values, changes),
    save_changes() {
      this.saved++;
    },
    on: (name, listener) => {
      listeners[name] = listener;
    },
    change(changes) {
      Object.assign(values, changes);
      for (const name of Object.keys(changes)) listeners[`change:${name}`]?.();
    },
  };
}

const drawing = (text) => `<svg><rect data-rows="4" data-columns="6"></rect><text>${text}</text></svg>`;

beforeEach(async () => {
  decoding = [];
  model = makeModel({ svg: drawing("first"), row: 1, column: 2, label: "A picture" });
  document.body.replaceChildren();
  widget.render({ model, el: document.body });
  view = document.querySelector(".dupviz-view");
  await settled();
});

test("a drawing is shown, and is called what it shows", () => {
  assert.equal(view.textContent, "first");
  assert.equal(view.getAttribute("aria-label"), "A picture");
  assert.equal(view.tabIndex, 0);
  model.change({ label: "Another" });
  assert.equal(view.getAttribute("aria-label"), "Another");
});

test("a drawing in which nothing can be pointed at is passed over by Tab", async () => {
  model.change({ svg: "<svg><text>plain</text></svg>" });
  await settled();
  assert.equal(view.tabIndex, -1);
});

test("pictures are decoded before they are shown, and the newest drawing wins", async () => {
  const withPicture = (text) => `<svg><image href="data:,"></image><text>${text}</text></svg>`;
  model.change({ svg: withPicture("slow") });
  model.change({ svg: withPicture("newest") });
  assert.equal(view.textContent, "first");
  await decoding[1]();
  assert.equal(view.textContent, "newest");
  await decoding[0]();
  assert.equal(view.textContent, "newest");
});

test("arrows go from cell to cell, and not beyond the edge", () => {
  const at = (key) => {
    press(view, key);
    return [model.values.row, model.values.column];
  };
  assert.deepEqual(at("ArrowDown"), [2, 2]);
  assert.deepEqual(at("ArrowRight"), [2, 3]);
  assert.deepEqual(at("ArrowUp"), [1, 3]);
  assert.deepEqual(at("ArrowUp"), [0, 3]);
  assert.deepEqual(at("ArrowUp"), [0, 3]);
  assert.deepEqual(at("ArrowLeft"), [0, 2]);
  model.values.column = 5;
  assert.deepEqual(at("ArrowRight"), [0, 5]);
  assert.equal(model.saved, 7); // which is what tells Python
  const before = model.saved;
  assert.deepEqual(at("Enter"), [0, 5]);
  assert.equal(model.saved, before);
});

test("a mouse points while its button is down", () => {
  const target = view.querySelector("[data-rows]");
  target.getScreenCTM = () => ({ inverse: () => ({ scale: 0.01 }) }); // 100 × 100 on the screen
  const point = (type, clientX, clientY, buttons = 1) => {
    const event = new window.Event(type, { bubbles: true });
    target.dispatchEvent(Object.assign(event, { clientX, clientY, buttons }));
    return [model.values.row, model.values.column];
  };
  assert.deepEqual(point("pointermove", 99, 99, 0), [1, 2]);
  assert.deepEqual(point("pointerdown", 0, 0), [0, 0]);
  assert.deepEqual(point("pointermove", 51, 49), [1, 3]);
  assert.deepEqual(point("pointermove", 250, -5), [0, 5]);
});

test("sliders and players of an explorer have names that are heard", async () => {
  document.body.innerHTML = `<div class="dupviz-explorer">
    <div class="widget-slider"><label class="widget-label">Size</label><div class="noUi-handle"></div></div>
    <div class="widget-play"><button></button><button></button><button></button></div><p></p></div>`;
  widget.render({ model, el: document.querySelector("p") });
  await settled();
  assert.equal(document.querySelector(".noUi-handle").getAttribute("aria-label"), "Size");
  const titles = [...document.querySelectorAll("button")].map(({ title }) => title);
  assert.deepEqual(titles, ["Play", "Stop", "Repeat"]);
});

test("in an explorer, keys are no shortcuts of JupyterLab", () => {
  document.body.innerHTML = '<div class="dupviz-explorer"><button id="in"></button></div><button id="out"></button>';
  for (const button of document.querySelectorAll("button"))
    button.dispatchEvent(new window.Event("focusin", { bubbles: true }));
  assert.equal(document.querySelector("#in").dataset.lmSuppressShortcuts, "true");
  assert.equal(document.querySelector("#out").dataset.lmSuppressShortcuts, undefined);
});
