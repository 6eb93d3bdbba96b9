// What an explorer draws.

import assert from "node:assert/strict";
import { test } from "node:test";
import { settled } from "./page.js";

const decoding = []; // what ends the decoding of each picture
globalThis.Image = class {
  decode() {
    return new Promise((resolve) => decoding.push(() => settled(resolve())));
  }
};
const { drawing, pickable, picture, words } = await import("../../dupviz/widgets/explorers/drawing.js");
const { makeView } = await import("../../dupviz/widgets/explorers/view.js");

const FRAME = { x: 0, y: 0, width: 9, height: 9 };

test("pictures are decoded before they are shown, and the newest drawing wins", async () => {
  const view = makeView(() => {});
  const show = (text) => view.show(text, [drawing(9, 9, picture(FRAME, "data:,"), words(0, 0, text))]);
  show("slow");
  show("newest");
  assert.equal(view.node.textContent, "");
  await decoding[1]();
  assert.equal(view.node.textContent, "newest");
  await decoding[0]();
  assert.equal(view.node.textContent, "newest");
  assert.equal(view.node.getAttribute("aria-label"), "newest");
});

test("a drawing in which nothing can be pointed at is passed over by Tab", async () => {
  const view = makeView(() => {});
  await view.show("", [drawing(9, 9, pickable(FRAME, 1, 2))]);
  assert.equal(view.node.tabIndex, 0);
  await view.show("", [drawing(9, 9, words(0, 0, "plain"))]);
  assert.equal(view.node.tabIndex, -1);
});
