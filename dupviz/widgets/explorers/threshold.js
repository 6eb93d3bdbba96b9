// How does 200 behave? One search, one slider, and the pairs at its edge.

import { button, element } from "../gallery/dom.js";
import { drawCurve, drawHistogram, drawShares, placeAt, thresholdAt } from "./chart.js";
import { makeSelect, makeSlider } from "./controls.js";
import { addressOf, shape } from "./drawing.js";
import { openExplorer, save } from "./explorer.js";
import { count, counted, fileSize, general, plural, transform, turnWords, written } from "./numbers.js";
import { makeView } from "./view.js";

const STEP = 0.01; // of the slider: 2 % of the threshold
const PRESETS = [200, 1000];
const WISHES = [3, 5, 10, 20, 100, 1000];
const LOOK_MS = 200; // that the threshold stands still, before the second look is asked
const SIDES = [
  ["below", "Just below the threshold", ": duplicates by the MSE, the nearest to it last"],
  ["above", "Just above the threshold", ": no duplicates by the MSE, the nearest to it first"],
];
const RANDOM = ["random", "Random pairs", ": the one that you labelled last, and the next one"];
const WORDS = { keep: "keep", remove: "can go", review: "review" };
const COUNTS = [
  ["files", "files that can go", "dupviz-goes"],
  ["groups", "groups", "dupviz-dashed"],
  ["pairs", "pairs", "dupviz-dotted"],
];
const SHARES = [
  ["precision", "precision", "dupviz-stays"],
  ["recall", "recall", "dupviz-goes dupviz-dashed"],
];

export function openThreshold(model, source, parent) {
  const get = (name) => model.get(name);
  const maxMse = get("max_mse");
  const choose = (threshold) => save(model, { threshold: Math.min(Math.max(threshold, 0), maxMse) });
  const most = Math.max(STEP, Math.log10(Math.max(1, maxMse)));
  const slider = makeSlider(
    "Threshold",
    "Pairs below it are duplicates",
    { min: 0, max: most, step: STEP },
    (power) => choose(Number((10 ** power).toPrecision(3))),
    () => "",
  );
  const number = element("input", {
    type: "number",
    min: 0,
    max: maxMse,
    step: "any",
    oninput: begin,
    onchange: type,
    onkeydown: ({ key }) => key === "Enter" && type(), // in JupyterLab, Enter alone is no change
  });
  const below = element("label", { className: "dupviz-menu" }, element("span", { textContent: "MSE below" }), number);
  const presets = PRESETS.filter((mse) => mse <= maxMse).map((mse) =>
    button(`Threshold ${mse}`, () => choose(mse), {}, String(mse)),
  );
  const suggested = button("The threshold that your labels suggest", () => choose(get("quality").suggested), {}, "");
  const totals = element("div", { className: "dupviz-numbers", aria: { live: "polite" } });
  const charts = [makeView(point), makeView(point), makeView(() => {})];
  const [histogram, curve, shares] = charts;
  const note = element("span", { className: "dupviz-note" });
  const quality = figure(shares, ...legend(SHARES));
  const opinion = element("div", { className: "dupviz-opinion" });
  const wish = makeSelect(
    "Wrong pairs: at most",
    WISHES.map((of) => [of, `1 in ${of}`]),
    (of) => save(model, { wish: Number(of) }),
  );
  const largest = element("div", { className: "dupviz-largest" });
  const sides = SIDES.map(([name, title, meaning]) => makeSide(name, title, meaning));
  const random = makeSide(...RANDOM);
  const askWords = "ask me about random pairs";
  const ask = button("Show one of the pairs that were found, drawn at random, to label it", showRandom, {}, askWords);
  random.node.hidden = true;
  const looks = new Map();
  let isTyping = false; // a number, which a state that is late must not replace
  let waiting = 0;
  let newest = 0;

  function showRandom() {
    random.node.hidden = false;
    draw();
  }

  function begin() {
    isTyping = true;
  }

  function type() {
    isTyping = false;
    if (number.value === "") number.value = get("threshold");
    else choose(number.valueAsNumber);
  }

  function point(_row, place) {
    choose(thresholdAt(place, maxMse));
  }

  function makeSide(name, title, meaning) {
    const verdicts = element("span");
    const cards = element("div", { className: "dupviz-cards" });
    const head = element("p", {}, element("b", { textContent: title }), meaning, verdicts);
    return { name, node: element("div", {}, head, cards), verdicts, cards, made: [] };
  }

  async function draw() {
    const mine = ++newest;
    const state = get("state");
    const asked = random.node.hidden ? [] : get("quality").random;
    const wanted = [...state.below, ...state.above, ...asked].flatMap(({ a, b }) => [a, b]);
    const tensors = await source.tensors([...new Set([...wanted, ...state.largest.map(({ image }) => image)])]);
    if (mine !== newest) return;
    drawControls(state);
    drawTotals(state);
    drawCharts(state);
    for (const side of sides) drawSide(side, state[side.name], tensors);
    drawSide(random, asked, tensors);
    drawLargest(state, tensors);
    drawQuality(state);
    clearTimeout(waiting);
    if (get("verified")) waiting = setTimeout(look, LOOK_MS, state);
  }

  function drawControls({ threshold }) {
    slider.set(Math.log10(Math.max(1, threshold)));
    if (!isTyping) number.value = threshold;
    const { suggested: value } = get("quality");
    suggested.hidden = value === null;
    suggested.textContent = `suggested: ${general(value ?? 0)}`;
    wish.set(get("wish"));
  }

  function drawTotals({ threshold, pairs, groups, files, bytes }) {
    const alone = get("verified") ? ", by the MSE alone" : "";
    const numbers = [
      [counted(pairs), `${plural(pairs, "pair")} below ${general(threshold)}`, ""],
      [counted(groups), plural(groups, "group"), ""],
      [counted(files), `${plural(files, "file")} can go${alone}`, "dupviz-goes"],
      [fileSize(bytes), "would be freed", "dupviz-goes"],
    ];
    totals.replaceChildren(
      ...numbers.map(([value, name, className]) =>
        element("div", {}, element("b", { className, textContent: value }), element("span", { textContent: name })),
      ),
    );
  }

  function drawCharts(state) {
    const { histogram: counts, curve: points } = get("charts");
    const place = placeAt(state.threshold, maxMse);
    const marks = [200, get("quality").suggested, 1000].filter((mse) => mse && mse <= maxMse);
    const label = `${count(state.pairs, "pair")} below the threshold of ${general(state.threshold)}. Arrow keys move it.`;
    histogram.show(label, [drawHistogram(counts, state.threshold, maxMse, marks)], 0, place);
    curve.show(label, [drawCurve(points, state, maxMse, marks, COUNTS)], 0, place);
    note.textContent = counts.exact_below === null ? "" : `pale: estimated from ${counted(counts.sampled)} images`;
  }

  function drawSide(side, pairs, tensors) {
    while (side.made.length < pairs.length) side.made.push(makeCard(source.label));
    for (const [i, pair] of pairs.entries()) side.made[i].update(pair, tensors, looks.get(keyOf(pair)));
    const nodes = side.made.slice(0, pairs.length).map((card) => card.node);
    if (nodes.length !== side.cards.children.length) side.cards.replaceChildren(...nodes);
    const found = pairs.map((pair) => looks.get(keyOf(pair))?.verdict).filter(Boolean);
    const numbers = new Map();
    for (const verdict of found) numbers.set(verdict, (numbers.get(verdict) ?? 0) + 1);
    const listed = [...numbers]
      .sort((one, other) => other[1] - one[1])
      .map(([verdict, times]) => `${times} ${verdict}`);
    side.verdicts.textContent = listed.length ? `. The second look: ${listed.join(", ")}` : "";
  }

  // Ask the second look about one pair after the other, unless the threshold has moved on meanwhile.
  async function look(state) {
    for (const { name } of sides) {
      for (const pair of state[name]) {
        if (looks.has(keyOf(pair))) continue;
        const verdict = await source.look(pair);
        looks.set(keyOf(pair), verdict);
        if (state !== get("state")) return;
        const tensors = await source.tensors(sides.flatMap((side) => state[side.name]).flatMap(({ a, b }) => [a, b]));
        for (const side of sides) drawSide(side, get("state")[side.name], tensors);
      }
    }
  }

  function drawLargest({ largest: files, number: all, review, chained }, tensors) {
    const warnings = [
      review ? `${count(review, "flat image")} would go only for being flat: left for review.` : "",
      chained
        ? `${count(chained, "group")} with a chain: files near the kept one, but not each other. Look twice.`
        : "",
    ].filter(Boolean);
    const parts = warnings.map((words) => element("p", { className: "dupviz-goes", textContent: `⚠ ${words}` }));
    const shown = files.map(({ image, action, name, ...turn }) => {
      const src = addressOf(transform(tensors.get(image), turn));
      const picture = element("img", { src, alt: name, title: name });
      return element("div", { dataset: { action } }, picture, element("span", { textContent: WORDS[action] }));
    });
    if (all > files.length) shown.push(element("span", { textContent: `… and ${counted(all - files.length)} more` }));
    if (all) parts.push(element("p", { textContent: `The largest group: ${count(all, "file")}.` }));
    largest.replaceChildren(...parts, element("div", { className: "dupviz-files" }, ...shown));
  }

  function drawQuality({ threshold }) {
    const { text, curve: points } = get("quality");
    quality.hidden = wish.node.hidden = points === null;
    ask.hidden = !source.label;
    if (points) shares.show("Precision and recall by your labels.", [drawShares(points, threshold, maxMse, SHARES)]);
    opinion.replaceChildren(...text.map((textContent) => element("p", { textContent })));
  }

  const end = openExplorer({
    model,
    parent,
    label: "Threshold explorer",
    values: ["state", "quality", "wish"],
    draw,
    parts: [
      element("div", { className: "dupviz-row dupviz-threshold-row" }, slider.node, below, ...presets, suggested),
      totals,
      element(
        "div",
        { className: "dupviz-charts" },
        figure(histogram, element("span", { textContent: "all pairs, by their MSE" }), note),
        figure(curve, ...legend(COUNTS)),
      ),
      ...sides.map((side) => side.node),
      random.node,
      element("div", { className: "dupviz-charts" }, quality, element("div", {}, opinion, ask, wish.node)),
      largest,
    ],
  });
  return () => {
    clearTimeout(waiting);
    end();
  };
}

const keyOf = ({ a, b }) => `${a} ${b}`;

const figure = (view, ...title) => element("figure", {}, element("figcaption", {}, ...title), view.node);

const legend = (lines) =>
  lines.map(([, title, style]) => {
    const line = shape("path", { class: `dupviz-line ${style}`, d: "M0 5h20" });
    return element("span", {}, shape("svg", { width: 20, height: 10, "aria-hidden": "true" }, line), title);
  });

// A pair of pictures, and two buttons to say whether they are the same one; `say` is missing in a page.
function makeCard(say) {
  const images = [element("img"), element("img")];
  const mse = element("b");
  const turn = element("span");
  const verdict = element("div", { className: "dupviz-verdict" });
  const buttons = [
    [true, "same picture"],
    [false, "different"],
  ].map(([same, words]) => ({ same, node: button(words, () => tell(same), {}, words) }));
  const unsaved = element("div", { className: "dupviz-goes" });
  const labels = element("div", { className: "dupviz-labels", hidden: !say }, ...buttons.map(({ node }) => node));
  const facts = element("div", {}, mse, turn);
  const node = element("div", { className: "dupviz-card" }, ...images, facts, verdict, labels, unsaved);
  let shown = null;

  // A label that is given again is taken back.
  async function tell(same) {
    const { a, b, label } = shown;
    unsaved.textContent = await say(a, b, label === same ? null : same);
  }

  function update(pair, tensors, look) {
    if (shown && keyOf(shown) !== keyOf(pair)) unsaved.textContent = "";
    shown = pair;
    for (const [i, image] of images.entries()) {
      const tensor = tensors.get([pair.a, pair.b][i]);
      image.src = addressOf(i ? transform(tensor, pair) : tensor);
      image.alt = image.title = pair.names[i];
    }
    mse.textContent = `MSE ${written(pair.mse)}`;
    turn.textContent = turnWords(pair) && `, ${turnWords(pair)}`;
    verdict.textContent = look ? look.words : "";
    verdict.dataset.verdict = look ? look.verdict : "";
    for (const { same, node: each } of buttons) {
      each.setAttribute("aria-pressed", pair.label === same);
      each.setAttribute("aria-label", `${each.textContent}: ${pair.names.join(" and ")}`);
    }
  }
  return { node, update };
}
