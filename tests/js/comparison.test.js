// Two files at full resolution: what is asked of them, and what is shown.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openGallery } from "../../dupviz/widgets/gallery/gallery.js";
import { fire, jpeg, makeConnection, Observer, press, settled, stateOf, written } from "./page.js";

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
const images = () => [...dialog.querySelectorAll("figure img")];
const isBusy = () => dialog.querySelector(".dupviz-stage").getAttribute("aria-busy");
const SEEN = [{ reasons: ["", ""] }, [jpeg("one"), jpeg("other")]];
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
  assert.equal(isBusy(), "true");
  await question.answer({ reasons: ["", ""] }, [jpeg("keeper"), jpeg("turned")]);
  await settled();
  assert.equal(isBusy(), "false");
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
  assert.equal(isBusy(), "false");
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
  assert.equal(dialog.querySelector(".dupviz-scale").textContent, "1×");
});

test("the place that differs most is gone to, and marked in both", () => {
  const state = stateOf("gallery", 0);
  const groups = JSON.parse(JSON.stringify(state.groups));
  groups[1].files[1].window = [0.5, 0.25, 0.625, 0.5, 0.375, 0.625, 0.5, 0.875];
  connection.show(stateOf("gallery", 0, { groups }));
  open(files[1]);
  const marks = [...dialog.querySelectorAll("figure .dupviz-window")];
  assert.deepEqual(
    marks.map(({ hidden, style }) => [hidden, style.left, style.top, style.width, style.height].join(" ")),
    ["false 50% 25% 12.5% 25%", "false 37.5% 62.5% 12.5% 25%"],
  );
  press(dialog, "w");
  const [left, top, right, bottom] = connection.take("compare")[0].values.box;
  assert.ok(left < 0.5 && right > 0.625 && top < 0.25 && bottom > 0.5);
  assert.equal(dialog.querySelector(".dupviz-scale").textContent, "2×");
  press(dialog, "w"); // the whole is remembered
  assert.deepEqual(connection.take("compare"), []);
  assert.equal(dialog.querySelector(".dupviz-scale").textContent, "1×");
  press(dialog, "t"); // as it is stored, nobody knows where that is
  assert.equal(marks[1].hidden, true);
});

test("where one lies askew in the other, its outline is drawn there, and that one's in it", () => {
  const groups = JSON.parse(JSON.stringify(stateOf("gallery", 0).groups));
  const [inKeeper, inFile] = [
    [0.25, 0.25, 0.75, 0.25, 0.75, 0.75, 0.25, 0.75],
    [-0.5, -0.5, 1.5, -0.5, 1.5, 1.5, -0.5, 1.5],
  ];
  groups[1].files[1].outlines = [inKeeper, inFile];
  connection.show(stateOf("gallery", 0, { groups }));
  open(files[1]);
  const points = () =>
    [...dialog.querySelectorAll("figure polygon")].map((line) => line.getAttribute("points").split(" ").map(Number));
  assert.deepEqual(points(), [inKeeper, inFile]);
  press(dialog, "+"); // the middle, twice as large
  assert.deepEqual(points()[0], [0, 0, 1, 0, 1, 1, 0, 1]);
  press(dialog, "-");
  press(dialog, "t"); // as it is stored, nobody knows where that is
  assert.deepEqual(points(), [inKeeper, [0]]);
  press(dialog, "t");
  open(files[2]);
  assert.deepEqual(points(), [[0], [0]]);
});

test("the smaller the place that differs most, the larger it is shown", () => {
  const groups = JSON.parse(JSON.stringify(stateOf("gallery", 0).groups));
  groups[1].files[1].window = [0.5, 0.5, 0.55, 0.54, 0.5, 0.5, 0.55, 0.54];
  connection.show(stateOf("gallery", 0, { groups }));
  open(files[1]);
  press(dialog, "w");
  assert.equal(dialog.querySelector(".dupviz-scale").textContent, "4×");
});

test("a click on a picture shows that place larger", () => {
  open(files[1]);
  const [picture] = images();
  picture.getBoundingClientRect = () => ({ left: 100, top: 0, width: 200, height: 100 });
  picture.dispatchEvent(Object.assign(new window.Event("click"), { clientX: 150, clientY: 75 }));
  assert.deepEqual(connection.take("compare")[0].values.box, [0, 0.5, 0.5, 1]);
});

test("the buttons say what is decided now, and on to which state a group goes", () => {
  open(files[1]);
  const marks = () => ["Stays", "Can go"].map(pressed);
  assert.deepEqual(marks(), ["false", "true"]);
  const groups = JSON.parse(JSON.stringify(stateOf("gallery", 0).groups));
  groups[1].files[1].action = "keep";
  groups[1].reviewed = true;
  connection.show(stateOf("gallery", 0, { groups }));
  assert.deepEqual(marks(), ["true", "false"]);
  assert.ok(buttonOf("Reviewed: next"));
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

test("nobody decides what is not on the screen yet", async () => {
  const question = open(files[1]);
  for (const key of ["a", "s", "x", "d"]) press(dialog, key);
  assert.deepEqual(connection.take("decide"), []);
  assert.deepEqual(connection.take("accept"), []);
  assert.deepEqual(connection.take("mark_different"), []);
  await question.answer(...SEEN);
  await settled();
  press(dialog, "x");
  press(dialog, "x"); // which is still waiting for the first one
  assert.deepEqual(
    connection.take("decide").map(({ values }) => values),
    [{ image: files[1].image, action: "remove" }],
  );
});

test("a decision that is taken leads to the next pair, which was asked for before; undo leads back", async () => {
  await open(files[1]).answer(...SEEN);
  await settled();
  const [next] = connection.take("compare");
  assert.equal(next.values.files[1][0], files[2].image);
  await next.answer(...SEEN);
  press(dialog, "s");
  const [decision] = connection.take("decide");
  const groups = JSON.parse(JSON.stringify(stateOf("gallery", 0).groups));
  Object.assign(groups[1].files[1], { action: "keep", reviewed: true });
  connection.show(stateOf("gallery", 0, { groups }));
  await decision.answer();
  await settled();
  assert.ok(dialog.querySelector(".dupviz-title").textContent.endsWith("file 2 of 2"));
  press(dialog, "u");
  await connection.take("undo")[0].answer();
  assert.ok(dialog.querySelector(".dupviz-title").textContent.endsWith("file 1 of 2"));
});

test("a decision that is refused stays where it is, and says why", async () => {
  await open(files[1]).answer(...SEEN);
  await settled();
  press(dialog, "x");
  const [decision] = connection.take("decide");
  connection.show(stateOf("gallery", 0, { notice: "This file has to stay." }));
  await decision.answer();
  assert.ok(dialog.querySelector(".dupviz-title").textContent.endsWith("file 1 of 2"));
  assert.equal(dialog.querySelector(".dupviz-said").textContent, "This file has to stay.");
});

test("after the last group of a page comes the next page; after the last of all it closes", async () => {
  const { groups } = written.states.gallery[0];
  const [group] = groups.slice(-1);
  connection.show(stateOf("gallery", 0, { pages: 2, following: [groups[0]], groups: groups.slice(1) }));
  await open(group.files.at(-1)).answer(...SEEN);
  await settled();
  assert.equal(connection.take("compare")[0].values.files[1][0], groups[0].files[1].image);
  press(dialog, "a");
  const [decision] = connection.take("accept");
  assert.deepEqual(decision.values, { groups: [group.name] });
  const done = [...groups.slice(1, -1), { ...group, reviewed: true }];
  connection.show(stateOf("gallery", 0, { pages: 2, following: [groups[0]], groups: done }));
  await decision.answer();
  assert.deepEqual(connection.take("page")[0].values, { page: 1 });
  connection.show(stateOf("gallery", 0, { page: 1, pages: 2, groups: [groups[0]] }));
  assert.equal(dialog.open, true);
  assert.ok(images()[1].alt.includes(groups[0].files[1].name));
  press(dialog, "ArrowRight");
  press(dialog, "ArrowRight");
  press(dialog, "ArrowRight");
  assert.equal(dialog.open, false);
});

test("while its key is held the two come one after the other, and then it is as before", (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  open(files[1]);
  const stage = dialog.querySelector(".dupviz-stage");
  press(dialog, "f");
  assert.equal(stage.dataset.top, "0");
  press(dialog, "f", { repeat: true });
  context.mock.timers.tick(250);
  assert.equal(stage.dataset.top, "1");
  dialog.dispatchEvent(new window.KeyboardEvent("keyup", { key: "f", bubbles: true }));
  assert.equal(pressed("Side by side"), "true");
});

test("the other files of a group are below, and lead to their pairs", async () => {
  open(files[1]);
  const small = [...dialog.querySelectorAll(".dupviz-strip button")];
  assert.deepEqual(
    small.map((each) => each.getAttribute("aria-current")),
    ["true", "false"],
  );
  await connection
    .take("thumbnails")
    .at(-1)
    .answer({}, [jpeg("a"), jpeg("b")]);
  small[1].click();
  assert.deepEqual(
    small.map((each) => each.getAttribute("aria-current")),
    ["false", "true"],
  );
});

test("decisions are about the file that is compared, and the gallery goes on from it", () => {
  open(files[1]);
  press(dialog, "ArrowRight");
  press(dialog, " ");
  assert.deepEqual(connection.take("toggle")[0].values, { image: files[2].image });
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
