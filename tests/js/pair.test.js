// The pair explorer, by its controls.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { all, button, click, drawn, move, one, open, slider, sourceOf } from "./explorers.js";
import { press, textsOf, window } from "./page.js";

const { openPair } = await import("../../dupviz/widgets/explorers/pair.js");

const HEAD = [10, 20, 30];
const A = [...HEAD, ...Array(9).fill(0)]; // 2 × 2 pixels, of which the first is not black
const B = [...Array(3).fill(0), ...HEAD, ...Array(6).fill(0)]; // the same, mirrored
const C = Array(12).fill(255);
const VALUES = {
  a: "first",
  b: "second",
  rotation: 0,
  mirrored: false,
  symmetries: "rotations",
  comparison: "side by side",
  curtain: 50,
  rows: 2,
  row: 1,
  column: 1,
  threshold: 200,
};

let model;
let close;

beforeEach(async () => {
  ({ model, close } = await open(openPair, { ...VALUES }, sourceOf({ first: A, second: B, "<b>third</b>": C })));
});

const facts = () => one(".dupviz-facts").textContent;
const titles = () => textsOf(all("figcaption"));
const choices = () => all(".dupviz-turns label").filter((label) => !label.hidden);

test("the MSE is told in all its units, and what the best turn decides", async () => {
  assert.match(facts(), /^MSE 700\.0 per pixel233\.3 per value \(scikit-image\)root 15\.3 grey levels/);
  assert.match(facts(), /not below 200 turned like this, but 0\.0 in the best turn: duplicates$/);
  await click(button("Turn B by 90°"));
  assert.match(facts(), /^MSE 0\.0 .*below 200: duplicates$/);
  model.set("b", "<b>third</b>");
  await drawn();
  assert.match(facts(), /not below 200 in any turn: no duplicates$/);
});

test("duplicates are strictly below the threshold", async () => {
  ({ model } = await open(openPair, { ...VALUES, threshold: 0 }, sourceOf({ first: A, second: B })));
  assert.match(facts(), /not below 0 in any turn: no duplicates$/);
  ({ model } = await open(openPair, { ...VALUES, threshold: 700 }, sourceOf({ first: A, second: B })));
  assert.match(facts(), /not below 700 turned like this/);
});

test("four turns come back to the start", async () => {
  const seen = [];
  for (let i = 0; i < 4; i++) {
    seen.push(model.get("rotation"));
    await click(button("Turn B by 90°"));
  }
  assert.deepEqual([...seen, model.get("rotation")], [0, 90, 180, 270, 0]);
});

test("a mirror tries mirrored turns too, and twice is as before", async () => {
  model.set("rotation", 90);
  await click(button("Mirror B"));
  assert.deepEqual(["symmetries", "rotation", "mirrored"].map(model.get), ["dihedral", 270, true]);
  await click(button("Mirror B"));
  assert.deepEqual(["rotation", "mirrored"].map(model.get), [90, false]);
});

test("the best match is the first turn with the smallest MSE, and is marked", async () => {
  await click(button("Best match"));
  assert.equal(model.get("rotation"), 90);
  assert.match(one("[data-smallest=true]").textContent, /turned 90°0\.0 ✓ smallest/);
  assert.equal(all("[data-smallest=true]").length, 1);
});

test("turns are chosen from four, or from eight", async () => {
  assert.equal(choices().length, 4);
  await move(one(".dupviz-row > .dupviz-menu select"), "dihedral", "change");
  assert.equal(choices().length, 8);
  await click(choices()[6].querySelector("input"));
  assert.deepEqual(["rotation", "mirrored"].map(model.get), [180, true]);
  assert.equal(choices()[6].querySelector("input").checked, true);
  await move(one(".dupviz-row > .dupviz-menu select"), "rotations", "change");
  assert.deepEqual([choices().length, model.get("mirrored")], [4, false]);
});

test("side by side, in turn, or with a curtain that follows slider and keys", async () => {
  assert.deepEqual(titles(), ["A: first", "B: second", "squared errors"]);
  assert.equal(slider("Curtain").hidden, true);
  await click(button("flicker"));
  assert.deepEqual(titles(), ["A: first and B: second in turn", "squared errors"]);
  assert.equal(all(".dupviz-flicker").length, 1);
  await click(button("curtain"));
  assert.equal(button("curtain").getAttribute("aria-pressed"), "true");
  await move(slider("Curtain").querySelector("input"), "20");
  assert.equal(one("[style*=inset]").getAttribute("style"), "clip-path: inset(0 0 0 20%)");
  press(one(".dupviz-view"), "ArrowRight");
  await drawn();
  assert.equal(model.get("curtain"), 21);
});

test("the mean below the map is the MSE", () => {
  assert.equal(all("figure").at(-1).querySelectorAll("text")[1].textContent, "mean 700.0 = MSE");
});

test("steps add up to the MSE, at the pixel that is pointed at", async () => {
  assert.equal(one(".dupviz-sums").hidden, true);
  await click(button("in steps"));
  assert.deepEqual(titles(), ["A: first", "B: second", "1. subtract", "2. square and add"]);
  press(one(".dupviz-view"), "ArrowUp");
  press(one(".dupviz-view"), "ArrowUp");
  await drawn();
  assert.deepEqual([model.get("row"), model.get("column")], [0, 1]);
  await move(slider("Rows").querySelector("input"), "1");
  assert.deepEqual(textsOf(all(".dupviz-sums p")), [
    "pixel [0, 1]: (0, 0, 0) − (10, 20, 30) = (−10, −20, −30)",
    "squared: 100 + 400 + 900 = 1,400",
    "1 of 2 rows: their squares add up to 2,800",
    "3. average: 2,800 / 4 pixels = 700.0",
  ]);
  await move(slider("Rows").querySelector("input"), "2");
  assert.equal(all(".dupviz-sums p")[3].textContent, "3. average: 2,800 / 4 pixels = 700.0 = MSE");
});

test("the rows are added up one after the other, and that can be stopped", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  await click(button("in steps"));
  await click(button("Play"));
  assert.equal(model.get("rows"), 0);
  context.mock.timers.tick(120);
  await click(button("Stop"));
  context.mock.timers.tick(500);
  assert.equal(model.get("rows"), 1);
  await click(button("Play"));
  context.mock.timers.tick(500);
  await drawn();
  assert.equal(model.get("rows"), 2);
  assert.ok(button("Play"));
});

test("names are shown as text", async () => {
  const [menu] = all(".dupviz-pictures select");
  await move(menu, "<b>third</b>", "change");
  assert.equal(titles()[0], "A: <b>third</b>");
  assert.equal(all("b b, figcaption b").length, 0);
});

test("what is closed is drawn no more", async () => {
  close();
  const before = facts();
  model.set("rotation", 90);
  await drawn();
  assert.equal(facts(), before);
});

test("a mouse points while its button is down, and not beyond the edge", async () => {
  await click(button("in steps"));
  globalThis.DOMPoint = class {
    constructor(x, y) {
      Object.assign(this, { x, y });
    }
    matrixTransform({ scale }) {
      return { x: this.x * scale, y: this.y * scale };
    }
  };
  const target = one("[data-rows]");
  target.getScreenCTM = () => ({ inverse: () => ({ scale: 0.01 }) }); // 100 × 100 on the screen
  const point = (type, clientX, clientY, buttons = 1) => {
    const event = new window.Event(type, { bubbles: true });
    target.dispatchEvent(Object.assign(event, { clientX, clientY, buttons }));
    return [model.get("row"), model.get("column")];
  };
  assert.deepEqual(point("pointermove", 0, 0, 0), [1, 1]);
  assert.deepEqual(point("pointerdown", 0, 0), [0, 0]);
  assert.deepEqual(point("pointermove", 51, 49), [0, 1]);
  assert.deepEqual(point("pointermove", -5, 250), [1, 0]);
});

test("its keys are no shortcuts of JupyterLab", () => {
  const target = button("Mirror B");
  target.dispatchEvent(new window.Event("focusin", { bubbles: true }));
  assert.equal(target.dataset.lmSuppressShortcuts, "true");
});
