// Two files at full resolution: what is asked of them, and what is shown.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openGallery } from "../../dupviz/widgets/gallery/gallery.js";
import { fire, jpeg, makeConnection, Observer, press, stateOf } from "./page.js";

let connection;
let dialog;
let files; // of the second group: the one that stays, one that is turned, another

beforeEach(() => {
  Observer.all.length = 0;
  document.body.replaceChildren();
  const state = stateOf("gallery", 0);
  files = state.groups[1].files;
  connection = makeConnection("gallery", state);
  openGallery(connection, document.body);
  dialog = document.querySelector(".dupviz-compare");
});

const cardOf = (image) => document.querySelector(`.dupviz-file[data-image="${image}"] .dupviz-picture`);
const buttonOf = (text) => [...dialog.querySelectorAll("button")].find(({ textContent }) => textContent === text);
const pressed = (text) => buttonOf(text).getAttribute("aria-pressed");
const images = () => [...dialog.querySelectorAll("img")];
const textAt = async ({ src }) => (await fetch(src)).text();

function open(file) {
  cardOf(file.image).focus();
  fire(cardOf(file.image), "dblclick");
  return connection.take("compare")[0];
}

test("a file is compared with the one that it goes for, turned as it matches", async () => {
  const [keeper, turned] = files;
  const question = open(turned);
  assert.equal(dialog.open, true);
  assert.deepEqual(question.values.files, [
    [keeper.image, 0, false],
    [turned.image, 270, false],
  ]);
  assert.deepEqual(question.values.box, [0, 0, 1, 1]);
  assert.equal(dialog.getAttribute("aria-busy"), "true");
  await question.answer({ reasons: ["", ""] }, [jpeg("keeper"), jpeg("turned")]);
  assert.equal(dialog.getAttribute("aria-busy"), "false");
  assert.deepEqual(await Promise.all(images().map(textAt)), ["keeper", "turned"]);
  const captions = [...dialog.querySelectorAll("figcaption")].map(({ textContent }) => textContent);
  assert.ok(captions[0].startsWith("keepcoffee.jpg"));
  assert.ok(captions[1].startsWith("can goalbum/turned.jpg"));
  assert.ok(captions[1].includes("shown turned 270°"));
});

test("the file that stays is compared with the first of the others", () => {
  const [keeper, turned] = files;
  assert.deepEqual(
    open(keeper).values.files.map(([image]) => image),
    [keeper.image, turned.image],
  );
});

test("as it is stored, a file is not turned", () => {
  const [, turned] = files;
  open(turned);
  press(dialog, "t");
  const [question] = connection.take("compare");
  assert.deepEqual(question.values.files[1], [turned.image, 0, false]);
  assert.equal(pressed("As stored"), "true");
});

test("what cannot be shown says why", async () => {
  const question = open(files[1]);
  await question.answer({ reasons: ["", "This file is no longer there."] }, [jpeg("keeper"), jpeg("")]);
  const [, problem] = dialog.querySelectorAll("figure p");
  assert.deepEqual([problem.hidden, problem.textContent], [false, "This file is no longer there."]);
  assert.equal(images()[1].hidden, true);
});

test("an answer about what is no longer looked at is passed over", async () => {
  const old = open(files[1]);
  press(dialog, "ArrowRight");
  const [newest] = connection.take("compare");
  assert.equal(newest.values.files[1][0], files[2].image);
  await newest.answer({ reasons: ["", ""] }, [jpeg("keeper"), jpeg("newest")]);
  await old.answer({ reasons: ["", ""] }, [jpeg("keeper"), jpeg("old")]);
  assert.equal(await textAt(images()[1]), "newest");
});

test("after a refusal it waits no longer", async () => {
  const question = open(files[1]);
  await question.refuse("This has failed.");
  assert.equal(dialog.getAttribute("aria-busy"), "false");
});

test("zoom asks for a part, moved by arrows, and never beyond the edge", () => {
  open(files[1]);
  press(dialog, "+");
  assert.deepEqual(connection.take("compare")[0].values.box, [0.25, 0.25, 0.75, 0.75]);
  press(dialog, "ArrowRight");
  assert.deepEqual(connection.take("compare")[0].values.box, [0.375, 0.25, 0.875, 0.75]);
  for (let step = 0; step < 5; step++) press(dialog, "ArrowDown");
  assert.deepEqual(connection.take("compare").at(-1).values.box, [0.375, 0.5, 0.875, 1]);
  for (let step = 0; step < 9; step++) press(dialog, "+");
  assert.equal(dialog.querySelector(".dupviz-scale").textContent, "16×");
  assert.equal(buttonOf("+").disabled, true);
  for (let step = 0; step < 9; step++) press(dialog, "-");
  assert.equal(buttonOf("−").disabled, true);
  assert.deepEqual(connection.take("compare").at(-1).values.box, [0, 0, 1, 1]);
});

test("the place that differs most is gone to, and marked in both", () => {
  const state = stateOf("gallery", 0);
  const groups = JSON.parse(JSON.stringify(state.groups));
  groups[1].files[1].window = [0.5, 0.25, 0.55, 0.3, 0.4, 0.65, 0.45, 0.7];
  connection.show(stateOf("gallery", 0, { groups }));
  open(files[1]);
  const marks = [...dialog.querySelectorAll(".dupviz-window")];
  assert.deepEqual(
    marks.map(({ hidden, style }) => [hidden, style.left, style.top]),
    [
      [false, "50%", "25%"],
      [false, "40%", "65%"],
    ],
  );
  press(dialog, "w");
  const [left, top, right, bottom] = connection.take("compare")[0].values.box;
  assert.ok(left < 0.5 && right > 0.55 && top < 0.25 && bottom > 0.3);
  assert.equal(dialog.querySelector(".dupviz-scale").textContent, "4×");
  press(dialog, "w");
  assert.deepEqual(connection.take("compare")[0].values.box, [0, 0, 1, 1]);
  press(dialog, "t"); // as it is stored, nobody knows where that is
  assert.equal(marks[1].hidden, true);
});

test("a click on a picture shows that place larger", () => {
  open(files[1]);
  const [picture] = images();
  picture.getBoundingClientRect = () => ({ left: 100, top: 0, width: 200, height: 100 });
  picture.dispatchEvent(Object.assign(new window.Event("click"), { clientX: 150, clientY: 75 }));
  assert.deepEqual(connection.take("compare")[0].values.box, [0, 0.5, 0.5, 1]);
});

test("the button says what it would do", () => {
  open(files[1]);
  const toggle = buttonOf("Keep it");
  const groups = JSON.parse(JSON.stringify(stateOf("gallery", 0).groups));
  groups[1].files[1].action = "keep";
  connection.show(stateOf("gallery", 0, { groups }));
  assert.equal(toggle.textContent, "Let it go");
});

test("modes are chosen by key, and flicker stops with the dialog", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  open(files[1]);
  assert.equal(pressed("Side by side"), "true");
  press(dialog, "2");
  assert.equal(pressed("Flicker"), "true");
  const stage = dialog.querySelector(".dupviz-stage");
  assert.equal(stage.dataset.top, "1");
  context.mock.timers.tick(700);
  assert.equal(stage.dataset.top, "0");
  press(dialog, "f"); // by hand from here on
  context.mock.timers.tick(7000);
  assert.equal(stage.dataset.top, "1");
  press(dialog, "2");
  buttonOf("Back").click();
  context.mock.timers.tick(700);
  assert.equal(stage.dataset.top, "1");
  assert.equal(dialog.open, false);
});

test("decisions are about the file that is compared, and the gallery goes on from it", () => {
  open(files[1]);
  press(dialog, "ArrowRight");
  press(dialog, " ");
  assert.deepEqual(connection.take("toggle")[0].values, { image: files[2].image });
  buttonOf("Not a duplicate").click();
  assert.deepEqual(connection.take("mark_different")[0].values, { image: files[2].image });
  buttonOf("Back").click();
  assert.equal(document.activeElement, cardOf(files[2].image));
});

test("it closes when the file has left its group", () => {
  open(files[1]);
  const state = stateOf("gallery", 0);
  const groups = JSON.parse(JSON.stringify(state.groups));
  groups[1].files.splice(1, 1);
  connection.show(stateOf("gallery", 0, { groups }));
  assert.equal(dialog.open, false);
});
