// The threshold explorer, by its controls, and its charts.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { all, button, click, drawn, move, one, open, slider } from "./explorers.js";
import { press, textsOf, written } from "./page.js";

const { openThreshold } = await import("../../dupviz/widgets/explorers/threshold.js");
const { makeSearch } = await import("../../dupviz/widgets/explorers/sweep.js");
const { barsOf, placeAt, thresholdAt } = await import("../../dupviz/widgets/explorers/chart.js");

const { search, values } = written.computed.searches[0];
const at = makeSearch(search);
const grey = { size: 2, data: new Uint8Array(12) };

let model;
let said; // the labels
let source;

beforeEach(async () => {
  said = [];
  source = {
    tensors: async (images) => new Map(images.map((image) => [image, grey])),
    look: async () => ({ verdict: "same", words: "same, light" }),
    label: async (...label) => {
      said.push(label);
      return said.length > 1 ? "cannot be saved" : "";
    },
  };
  await reopen({});
});

async function reopen(changes) {
  const state = at(200);
  const first = { ...state, below: state.below.map((pair, i) => ({ ...pair, label: i ? null : true })) };
  ({ model } = await open(openThreshold, { ...values, threshold: 200, state: first, ...changes }, source));
  model.on("change:threshold", () => model.set("state", at(model.get("threshold"))));
}

const numbers = () => textsOf(all(".dupviz-numbers b"));
const cards = (side) => [...all(".dupviz-cards")[side].children];

test("the numbers, and the pairs at the edge, are those of the threshold", async () => {
  for (const threshold of [1, 60, 2000]) {
    model.set("threshold", threshold);
    await drawn();
    const { pairs, groups, files, bytes, below, above } = at(threshold);
    assert.deepEqual(numbers(), [pairs, groups, files].map(String).concat(`${bytes} B`));
    for (const [side, shown] of [below, above].entries())
      assert.deepEqual(
        cards(side).map((card) => Number(card.querySelector("b").textContent.replace(/MSE |,/g, ""))),
        shown.map(({ mse }) => Math.round(10 * mse) / 10),
      );
    assert.match(one(".dupviz-largest").textContent, /The largest group: \d+ files/);
  }
});

test("each control moves the threshold", async () => {
  const input = slider("Threshold").querySelector("input");
  await move(input, 2);
  assert.equal(model.get("threshold"), 100);
  const number = one("[type=number]");
  await move(number, "120.5", "change");
  assert.equal(model.get("threshold"), 120.5);
  assert.equal(Math.round(100 * Number(input.value)), 208);
  await move(number, "7");
  model.set("state", at(300)); // which is late
  await drawn();
  assert.equal(number.value, "7");
  model.set("state", at(120.5));
  await move(number, "", "change");
  assert.equal(number.value, "120.5");
  await move(number, "70");
  press(number, "Enter");
  assert.equal(model.get("threshold"), 70);
  await move(number, "30000", "change");
  assert.equal(model.get("threshold"), values.max_mse);
  await click(button("1000"));
  assert.equal(model.get("threshold"), 1000);
  for (const view of all(".dupviz-view").slice(0, 2)) {
    press(view, "ArrowLeft");
    await drawn();
  }
  assert.ok(model.get("threshold") < 950 && model.get("threshold") > 800);
});

test("arrow keys reach every place of a chart, from one end to the other", () => {
  for (const maxMse of [0.3, 1, 200, 1000, 54_321]) {
    let threshold = 0;
    for (let place = 1; place < 200; place++) {
      assert.equal(placeAt(threshold, maxMse), place - 1);
      threshold = thresholdAt(place, maxMse);
    }
    assert.ok(threshold <= maxMse);
  }
  assert.equal(placeAt(0, 0), 0);
});

test("bars change colour at the threshold, and none is lost", () => {
  const bars = barsOf({ edges: [0, 10, 100, 1000], counts: [3, 0, 4] }, 300);
  assert.deepEqual(
    bars.map(({ start, end, side, number }) => [start, end, side, number]),
    [
      [0, 10, "below", 3],
      [100, 300, "below", 4],
      [300, 1000, "above", 4],
    ],
  );
});

test("what is estimated is pale, and said", async () => {
  assert.equal(all(".dupviz-estimated").length, 0);
  const histogram = { ...values.charts.histogram, exact_below: 100, sampled: 40 };
  await reopen({ charts: { ...values.charts, histogram } });
  assert.ok(all(".dupviz-estimated").length > 0);
  assert.equal(one(".dupviz-note").textContent, "pale: estimated from 40 images");
});

test("a label is told to Python, and told again to take it back; what cannot be saved is said", async () => {
  const [first, second] = cards(0);
  const [same, different] = first.querySelectorAll("button");
  assert.equal(same.getAttribute("aria-pressed"), "true");
  await click(same);
  await click(different);
  const { a, b } = at(200).below[0];
  assert.deepEqual(said, [
    [a, b, null],
    [a, b, false],
  ]);
  assert.match(first.textContent, /cannot be saved/);
  assert.doesNotMatch(second.textContent, /cannot be saved/);
});

test("the second look is asked when the threshold stands still, and counted", async (context) => {
  assert.equal(textsOf(all(".dupviz-verdict")).join(""), "");
  context.mock.timers.enable({ apis: ["setTimeout"] });
  await reopen({ verified: true });
  assert.match(one(".dupviz-numbers").textContent, /by the MSE alone/);
  context.mock.timers.tick(200);
  for (let i = 0; i < 10; i++) await drawn();
  const { below, above } = at(200);
  assert.deepEqual(
    textsOf(all(".dupviz-verdict")),
    [...below, ...above].map(() => "same, light"),
  );
  assert.match(one(".dupviz-explorer").textContent, new RegExp(`The second look: ${below.length} same`));
});

test("enough labels draw curves and suggest a threshold", async () => {
  assert.equal(all(".dupviz-band").length, 0);
  const share = { share: [1, 0.5], low: [0.9, 0.2], high: [1, 0.7] };
  const curve = { threshold: [0, 1000], precision: share, recall: share };
  await reopen({ quality: { text: ["By 30 labels", "300: few are wrong"], suggested: 300, curve } });
  assert.equal(all(".dupviz-band").length, 2);
  assert.deepEqual(textsOf(all(".dupviz-opinion p")), ["By 30 labels", "300: few are wrong"]);
  await click(button("suggested: 300"));
  assert.equal(model.get("threshold"), 300);
  await move(all("select").at(-1), "100", "change");
  assert.equal(model.get("wish"), 100);
});

test("in a page nobody labels", async () => {
  source.label = undefined;
  await reopen({});
  assert.ok(all(".dupviz-labels").every(({ hidden }) => hidden));
});
