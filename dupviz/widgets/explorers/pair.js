// Two pictures and one number: turned and mirrored, and where their MSE comes from.

import { button, element } from "../gallery/dom.js";
import { makeChoice, makePictureMenu, makeSelect, makeSlider, takeDropped } from "./controls.js";
import { addressOf, bitmap, drawing, heat, marker, pickable, picture, shape, words } from "./drawing.js";
import { openExplorer, save } from "./explorer.js";
import {
  counted,
  general,
  mirrorTurn,
  mse,
  nearest,
  pixelOf,
  squaredErrors,
  sumOf,
  symmetriesOf,
  transform,
  turnWords,
  written,
} from "./numbers.js";
import { makeView } from "./view.js";

const SIDE = 300; // of a picture
const FRAME = { x: 1, y: 1, width: SIDE - 2, height: SIDE - 2 };
const IN_STEPS = "in steps";
const COMPARISONS = ["side by side", IN_STEPS, "curtain", "flicker"];
const PLACES = 101; // of the curtain
const ROW_MS = 120; // while the rows are added up
const VALUES = ["a", "b", "rotation", "mirrored", "symmetries", "comparison", "curtain", "rows", "row", "column"];

let opened = 0;

export function openPair(model, source, parent) {
  const set = (values) => save(model, values);
  const get = (name) => model.get(name);
  const menus = ["a", "b"].map((name) =>
    makePictureMenu(source, name.toUpperCase(), (chosen) => set({ [name]: chosen })),
  );
  const symmetries = makeSelect(
    "Try",
    [
      ["rotations", "4 rotations"],
      ["dihedral", "4 rotations, mirrored too"],
    ],
    (chosen) => set({ symmetries: chosen, ...(chosen === "dihedral" ? {} : { mirrored: false }) }),
  );
  const turn = button("Counter-clockwise", () => set({ rotation: (get("rotation") + 90) % 360 }), {}, "Turn B by 90°");
  const mirror = button("Left and right change places", mirrorB, {}, "Mirror B");
  const best = button("The turn with the smallest MSE", showBest, {}, "Best match");
  const comparison = makeChoice("How to compare", COMPARISONS, (chosen) => set({ comparison: chosen }));
  const curtain = makeSlider("Curtain", "How much of A is shown", { min: 0, max: 100 }, (at) => set({ curtain: at }));
  const rows = makeSlider("Rows", "How many rows are added up", { min: 0 }, (number) => set({ rows: number }));
  const play = button("Add the rows up one after the other", playRows, {}, "Play");
  const view = makeView(point);
  const sums = element("div", { className: "dupviz-sums" });
  const facts = element("div", { className: "dupviz-facts", aria: { live: "polite" } });
  const turns = makeTurns(set);
  let playing = 0;
  let size = 0;
  let shown = null; // the tensors
  let newest = 0;

  function mirrorB() {
    set({ symmetries: "dihedral", ...mirrorTurn(turnNow()) });
  }

  function showBest() {
    const { rotation, mirrored } = nearest(...shown, symmetriesOf(get("symmetries")));
    set({ rotation, mirrored });
  }

  function turnNow() {
    return { rotation: get("rotation"), mirrored: get("mirrored") };
  }

  function point(row, column) {
    set(get("comparison") === "curtain" ? { curtain: column } : { row, column });
  }

  function playRows() {
    const isPlaying = Boolean(playing);
    stop();
    if (isPlaying) return;
    play.textContent = "Stop";
    set({ rows: get("rows") < size ? get("rows") : 0 });
    playing = setInterval(() => {
      set({ rows: Math.min(get("rows") + 1, size) });
      if (get("rows") === size) stop();
    }, ROW_MS);
  }

  function stop() {
    clearInterval(playing);
    playing = 0;
    play.textContent = "Play";
  }

  async function draw() {
    const mine = ++newest;
    const tensors = await Promise.all(["a", "b"].map((name) => source.tensor(get(name))));
    if (mine !== newest) return;
    shown = tensors;
    const [a, asItIs] = tensors;
    const names = [`A: ${get("a")}`, `B: ${get("b")}`];
    const b = transform(asItIs, turnNow());
    const tried = symmetriesOf(get("symmetries"));
    const smallest = nearest(a, asItIs, tried);
    size = a.size;
    drawControls();
    const chosen = get("comparison");
    view.node.dataset.comparison = chosen.replaceAll(" ", "-");
    if (chosen === IN_STEPS) drawSteps(a, b, names);
    else drawComparison(a, b, names, chosen);
    sums.hidden = chosen !== IN_STEPS;
    facts.replaceChildren(...describe(mse(a, b), smallest.mse, get("threshold")));
    turns.draw(a, asItIs, tried, turnNow(), smallest);
  }

  function drawControls() {
    for (const [i, name] of ["a", "b"].entries()) menus[i].set(get(name));
    symmetries.set(get("symmetries"));
    comparison.set(get("comparison"));
    curtain.set(get("curtain"));
    rows.set(get("rows"), size);
    curtain.node.hidden = get("comparison") !== "curtain";
    rows.node.hidden = play.hidden = get("comparison") !== IN_STEPS;
    if (play.hidden) stop();
  }

  function drawComparison(a, b, names, chosen) {
    const label = `${names[0]} and ${names[1]}, and the map of their squared errors.`;
    const errors = squaredErrors(a, b);
    const parts = [];
    if (chosen === "side by side") {
      parts.push(figure(names[0], picture(FRAME, addressOf(a))), figure(names[1], picture(FRAME, addressOf(b))));
    } else if (chosen === "flicker") {
      const above = shape("g", { class: "dupviz-flicker" }, picture(FRAME, addressOf(b)));
      parts.push(figure(`${names[0]} and ${names[1]} in turn`, picture(FRAME, addressOf(a)), above));
    } else {
      const at = get("curtain");
      const above = shape("g", { style: `clip-path: inset(0 0 0 ${at}%)` }, picture(FRAME, addressOf(b)));
      const x = (SIDE * at) / 100;
      const line = shape("line", { x1: x, x2: x, y1: 0, y2: SIDE, class: "dupviz-curtain" });
      const title = `left of the line ${names[0]}, right ${names[1]}`;
      parts.push(figure(title, picture(FRAME, addressOf(a)), above, line, pickable(FRAME, 1, PLACES)));
    }
    parts.push(drawErrors(errors, a.size));
    view.show(chosen === "curtain" ? `${label} Arrow keys move the curtain.` : label, parts, 0, get("curtain"));
  }

  function drawSteps(a, b, names) {
    const errors = squaredErrors(a, b);
    const added = errors.slice(0, get("rows") * size);
    const [row, column] = [get("row"), get("column")].map((at) => Math.min(at, size - 1));
    const differences = { size, data: a.data.map((value, i) => Math.abs(value - b.data[i])) };
    const colours = heat(errors, Math.max(...errors)).fill(128, 3 * added.length);
    const pictures = [addressOf(a), addressOf(b), addressOf(differences), bitmap(size, size, colours)];
    const titles = [...names, "1. subtract", "2. square and add"];
    const parts = pictures.map((address, i) =>
      figure(titles[i], picture(FRAME, address), pickable(FRAME, size, size), marker(FRAME, row, column, size)),
    );
    const lines = describeSteps(pixelOf(a, row, column), pixelOf(b, row, column), sumOf(added));
    sums.replaceChildren(...lines.map((textContent) => element("p", { textContent })));
    view.show(`${names[0]} and ${names[1]}, step by step. Arrow keys move the marked pixel.`, parts, row, column);

    function describeSteps(one, other, sum) {
      const minus = one.map((value, i) => value - other[i]);
      const squares = minus.map((difference) => difference ** 2);
      const isAll = get("rows") === size;
      const mean = written(sum / size ** 2);
      return [
        `pixel [${row}, ${column}]: ${triple(one)} − ${triple(other)} = ${triple(minus)}`,
        `squared: ${squares.map(counted).join(" + ")} = ${counted(sumOf(squares))}`,
        `${get("rows")} of ${size} rows: their squares add up to ${counted(sum)}`,
        `3. average: ${counted(sum)} / ${counted(size ** 2)} pixels = ${mean}${isAll ? " = MSE" : ""}`,
      ];
    }
  }

  const end = openExplorer({
    model,
    parent,
    label: "Pair explorer",
    values: VALUES,
    draw,
    parts: [
      element("div", { className: "dupviz-row" }, ...menus.map((menu) => menu.node), symmetries.node),
      element("div", { className: "dupviz-row" }, turn, mirror, best),
      element("div", { className: "dupviz-row" }, comparison.node, curtain.node, play, rows.node),
      view.node,
      sums,
      facts,
      turns.node,
    ],
  });
  if (source.add) {
    takeDropped(parent, async (files) => {
      for (const [i, file] of files.slice(0, 2).entries()) await menus[1 - i].add(file);
    });
  }
  return () => {
    stop();
    end();
  };
}

function figure(title, ...parts) {
  return element("figure", {}, element("figcaption", { textContent: title }), drawing(SIDE, SIDE, ...parts));
}

// The map of the squared errors; below it its colours, with the mean marked, which is the MSE.
function drawErrors(errors, size) {
  const largest = Math.max(...errors);
  const mean = sumOf(errors) / errors.length;
  const x = 1 + (FRAME.width * mean) / Math.max(largest, 1);
  const colours = bitmap(256, 1, heat([...Array(256).keys()], 255));
  const bar = drawing(
    SIDE,
    30,
    picture({ x: 1, y: 4, width: FRAME.width, height: 8 }, colours),
    shape("path", { d: `M ${x} 1 v 14`, class: "dupviz-curtain" }),
    words(1, 27, "0", { class: "dupviz-tick" }),
    words(SIDE / 2, 27, `mean ${written(mean)} = MSE`, { "text-anchor": "middle" }),
    words(SIDE - 1, 27, counted(largest), { class: "dupviz-tick", "text-anchor": "end" }),
  );
  const map = figure("squared errors", picture(FRAME, bitmap(size, size, heat(errors, largest))));
  map.append(bar);
  return map;
}

// An MSE in all its units, and on which side of the threshold it is. The MSE in the best turn decides.
function describe(value, best, threshold) {
  const limit = general(threshold);
  let verdict = `not below ${limit} in any turn: no duplicates`;
  if (value < threshold) verdict = `below ${limit}: duplicates`;
  else if (best < threshold)
    verdict = `not below ${limit} turned like this, but ${written(best)} in the best turn: duplicates`;
  return [
    element("span", {}, element("b", { textContent: `MSE ${written(value)}` }), " per pixel"),
    element("span", { textContent: `${written(value / 3)} per value (scikit-image)` }),
    element("span", { textContent: `root ${written(Math.sqrt(value / 3))} grey levels` }),
    element("b", { className: best < threshold ? "dupviz-goes" : "dupviz-stays", textContent: verdict }),
  ];
}

const triple = (values) => `(${values.map((value) => String(value).replace("-", "−")).join(", ")})`;

// Every symmetry of B with its MSE, to choose from.
function makeTurns(set) {
  opened += 1;
  const name = `dupviz turn ${opened}`;
  const turns = symmetriesOf("dihedral").map((symmetry) => {
    const input = element("input", { type: "radio", name, onchange: () => set(symmetry) });
    const image = element("img", { alt: "" });
    const value = element("span", { className: "dupviz-number" });
    const title = element("span", { textContent: turnWords(symmetry) || "as it is" });
    return { symmetry, input, image, value, node: element("label", {}, input, image, title, value) };
  });
  const legend = element("legend", { textContent: "B in all its turns" });
  const node = element("fieldset", { className: "dupviz-turns" }, legend, ...turns.map((each) => each.node));

  const isSame = (one, other) => one.rotation === other.rotation && one.mirrored === other.mirrored;

  function draw(a, b, tried, chosen, smallest) {
    for (const { symmetry, input, image, value, node: label } of turns) {
      label.hidden = !tried.some((each) => isSame(each, symmetry));
      if (label.hidden) continue;
      const turned = transform(b, symmetry);
      const isSmallest = isSame(symmetry, smallest);
      image.src = addressOf(turned);
      input.checked = isSame(symmetry, chosen);
      label.dataset.smallest = isSmallest;
      value.textContent = `${written(mse(a, turned))}${isSmallest ? " ✓ smallest" : ""}`;
    }
  }
  return { node, draw };
}
