// The pairs of a data set: what is shown of them, and what is decided.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openPairs } from "../../dupviz/widgets/split/pairs.js";
import { jpeg, makeConnection, press, stateOf, textsOf, written } from "./page.js";

let connection;
let close;

beforeEach(() => open(stateOf("split", 0)));

function open(state) {
  document.body.replaceChildren();
  connection = makeConnection("split", state);
  close = openPairs(connection, document.body);
}

const find = (selector) => document.querySelector(selector);
const rows = () => [...document.querySelectorAll(".dupviz-group")];
const asked = () =>
  connection.asked.filter(({ step }) => step !== "thumbnails").map(({ step, values }) => [step, values]);

for (const [number, state] of written.states.split.entries())
  test(`state ${number} is shown: its pairs, labels, choices and counts`, () => {
    open(stateOf("split", number));
    assert.equal(rows().length, state.pairs.length);
    for (const [i, pair] of state.pairs.entries()) {
      const texts = pair.files.flatMap(({ value, name, folder }) => [value, name, folder]);
      assert.deepEqual(textsOf(rows()[i].querySelectorAll("figcaption > *")), texts);
      const buttons = [...rows()[i].querySelectorAll("button")];
      assert.deepEqual(
        textsOf(buttons),
        pair.choices.map(([, words]) => words),
      );
      const chosen = buttons.map((button) => button.getAttribute("aria-pressed"));
      assert.deepEqual(
        chosen,
        pair.choices.map(([choice]) => String(choice === pair.choice)),
      );
      assert.equal(rows()[i].dataset.decided, String(pair.choice !== ""));
    }
    assert.equal(find(".dupviz-going").textContent, state.left);
    assert.equal(find(".dupviz-done").textContent, `${state.decided} of ${state.all} pairs decided`);
  });

test("without pairs it says so", () => {
  open(stateOf("split", 0, { pairs: [] }));
  assert.equal(find(".dupviz-empty").textContent, "There are none.");
});

test("a choice is made by button or number, and taken back by the same", () => {
  const { row, choices } = written.states.split[0].pairs[1];
  rows()[1].querySelectorAll("button")[0].click();
  rows()[1].focus();
  press(rows()[1], "2");
  press(rows()[1], "9");
  assert.deepEqual(asked(), [
    ["choose", { row, choice: choices[0][0] }],
    ["choose", { row, choice: choices[1][0] }],
  ]);
  open(stateOf("split", 1));
  const decided = written.states.split[1].pairs.findIndex(({ choice }) => choice);
  rows()[decided].querySelector("[aria-pressed=true]").click();
  assert.deepEqual(asked(), [["choose", { row: written.states.split[1].pairs[decided].row, choice: "" }]]);
});

test("arrows go from pair to pair, and keys with Ctrl are not ours", () => {
  rows()[0].focus();
  press(rows()[0], "ArrowDown");
  assert.equal(document.activeElement, rows()[1]);
  assert.deepEqual([rows()[0].tabIndex, rows()[1].tabIndex], [-1, 0]);
  press(rows()[1], "ArrowUp");
  press(rows()[0], "ArrowUp");
  assert.equal(document.activeElement, rows()[0]);
  press(rows()[0], "1", { ctrlKey: true });
  assert.deepEqual(asked(), []);
});

test("a new state keeps the focus on its pair; a new page begins again", () => {
  rows()[2].focus();
  connection.show(stateOf("split", 1));
  assert.equal(document.activeElement, rows()[2]);
  connection.show(stateOf("split", 1, { page: 1, pages: 2 }));
  assert.equal(document.activeElement, rows()[0]);
});

test("pages are turned where there are more", () => {
  open(stateOf("split", 0, { page: 1, pages: 2 }));
  const [backwards, forwards] = document.querySelectorAll(".dupviz-pages button");
  assert.deepEqual([backwards.disabled, forwards.disabled], [false, true]);
  connection.show(stateOf("split", 0, { page: 0, pages: 2 }));
  assert.deepEqual([backwards.disabled, forwards.disabled], [true, false]);
  connection.show(stateOf("split", 0, { page: 1, pages: 2 }));
  rows()[0].focus();
  press(rows()[0], "PageDown");
  press(rows()[0], "PageUp");
  assert.deepEqual(asked(), [["page", { page: 0 }]]);
  connection.show(stateOf("split", 0, { page: 0, pages: 3 }));
  press(rows()[0], "PageDown");
  assert.deepEqual(asked().at(-1), ["page", { page: 1 }]);
});

test("all others are decided at once, and the table is saved", () => {
  const [[choice, words]] = written.states.split[0].rest;
  const button = [...document.querySelectorAll("header button")].find(({ textContent }) => textContent === words);
  button.click();
  const file = find("footer input");
  file.value = "clean.csv";
  press(file, "1"); // which is typed
  [...document.querySelectorAll("footer button")].at(-1).click();
  assert.deepEqual(asked(), [
    ["choose_rest", { choice }],
    ["save", { to: "clean.csv" }],
  ]);
});

test("pictures are asked for once, and come to their places", async () => {
  const [question] = connection.take("thumbnails");
  const wanted = written.states.split[0].pairs.flatMap(({ files }) => files.map(({ picture }) => picture));
  assert.deepEqual(JSON.parse(JSON.stringify(question.values.files)), wanted);
  await question.answer(
    {},
    wanted.map((picture) => jpeg(String(picture))),
  );
  for (const img of document.querySelectorAll("img"))
    assert.equal(await (await fetch(img.src)).text(), img.dataset.key);
  connection.show(stateOf("split", 1));
  assert.deepEqual(connection.take("thumbnails"), []);
  assert.ok([...document.querySelectorAll("img")].every(({ src }) => src.startsWith("blob:")));
});

test("what Python refuses is said", async () => {
  await connection.take("thumbnails")[0].refuse("This has failed.");
  assert.equal(find(".dupviz-notice").textContent, "This has failed.");
});

test("a closed gallery listens no more", () => {
  close();
  assert.equal(connection.isListening(), false);
});
