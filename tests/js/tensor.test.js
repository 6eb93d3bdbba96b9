// The tensor explorer, by its controls.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { all, button, click, drawn, encoded, move, one, open, slider } from "./explorers.js";
import { press, textsOf } from "./page.js";

const { openTensor } = await import("../../dupviz/widgets/explorers/tensor.js");
const { fromPage } = await import("../../dupviz/widgets/explorers/page.js");

const SIZES = [2, 3, 4, 25, 50];
const tensors = (seed) =>
  SIZES.map((size) => encoded([...Array(3 * size * size).keys()].map((i) => (7 * i + seed) % 256)));
const at = (seed, size, row, column) =>
  [0, 1, 2].map((channel) => (7 * (3 * (row * size + column) + channel) + seed) % 256);
const VALUES = {
  picture: "first",
  size: 50,
  row: 25,
  column: 25,
  channels: [true, true, true],
  changed: [],
  arrangement: "stack",
};

let model;

beforeEach(async () => {
  const source = fromPage({ first: tensors(1), second: tensors(100) });
  ({ model } = await open(openTensor, structuredClone(VALUES), source));
});

const facts = () => one(".dupviz-facts").textContent;
const input = (name) => slider(name).querySelector("input");
const cells = () => textsOf(all(".dupviz-value"));

test("a pixel is marked in the picture and in its three matrices, with its numbers", async () => {
  assert.equal(all("image").length, 4);
  assert.equal(all(".dupviz-marker").length, 4);
  assert.equal(all(".dupviz-pick").length, 4);
  assert.equal(all(".dupviz-ray").length, 1);
  assert.deepEqual(cells().map(Number), at(1, 50, 25, 25));
  assert.ok(facts().startsWith("shape (50, 50, 3): 50 · 50 · 3 = 7,500 numbers"));
  press(one(".dupviz-view"), "ArrowDown");
  await drawn();
  assert.ok(facts().includes(`tensor[26, 25] = (${at(1, 50, 26, 25).join(", ")})`));
  await move(input("Column"), "3");
  assert.deepEqual(cells().map(Number), at(1, 50, 26, 3));
  assert.equal(slider("green").querySelector("output").textContent, String(at(1, 50, 26, 3)[1]));
});

test("the marked place stays, also after many sizes", async () => {
  for (const place of [3, 2, 1, 0, 1, 2]) await move(input("Size"), place);
  assert.deepEqual(["size", "row", "column"].map(model.get), [4, 2, 2]);
  await move(input("Size"), 4);
  assert.deepEqual(["size", "row", "column"].map(model.get), [50, 25, 25]);
  model.set("row", 3);
  await move(input("Size"), 3);
  assert.deepEqual(["size", "row", "column"].map(model.get), [25, 1, 12]);
});

test("small pictures show all their numbers", async () => {
  await click(button("matrices"));
  await move(input("Size"), 0);
  const shown = textsOf(all(".dupviz-cell"));
  const expected = [...Array(12).keys()].map((i) => (7 * i + 1) % 256);
  assert.equal(shown.length, 4 + 12);
  assert.deepEqual(shown.slice(4).map(Number).sort(), expected.sort());
  assert.equal(all(".dupviz-ray").length, 0);
});

test("a value that is changed is shown, and its MSE told, until the picture is restored", async () => {
  const [red] = at(1, 50, 25, 25);
  await move(input("red"), "0");
  await move(input("red"), "9");
  assert.deepEqual(model.get("changed"), [[25, 25, 0, 9]]);
  assert.match(facts(), new RegExp(`MSE to the unchanged values: ${((red - 9) ** 2 / 2500).toFixed(1)}$`));
  assert.equal(cells()[0], "9");
  await click(button("Restore the picture"));
  assert.equal(cells()[0], String(red));
  assert.match(facts(), /unchanged values: 0\.0$/);
});

test("another picture or size has none of the changes", async () => {
  await move(input("blue"), "0");
  await move(one("select"), "second", "change");
  assert.deepEqual(model.get("changed"), []);
  assert.deepEqual(cells().map(Number), at(100, 50, 25, 25));
  await move(input("blue"), "0");
  await move(input("Size"), 2);
  assert.deepEqual(model.get("changed"), []);
});

test("a channel that is off is dark, and comes back", async () => {
  const [, green] = all("[type=checkbox]");
  await click(green);
  assert.deepEqual(model.get("channels"), [true, false, true]);
  assert.ok(textsOf(all("text")).includes("green (off)"));
  assert.equal(cells()[1], "0");
  await click(button("Restore the picture"));
  assert.equal(green.checked, true);
  assert.deepEqual(cells().map(Number), at(1, 50, 25, 25));
});
