// Thumbnails come as their cards come into view, a few at a time.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { element } from "../../dupviz/widgets/gallery/dom.js";
import { makeThumbnails } from "../../dupviz/widgets/gallery/thumbnails.js";
import { jpeg, Observer, settled } from "./page.js";

let questions;
let cards;
let thumbnails;

beforeEach(() => {
  Observer.all.length = 0;
  questions = [];
  cards = new Map();
  const send = (step, { files }) =>
    new Promise((resolve) => {
      assert.equal(step, "thumbnails");
      questions.push({ files, answer: (answer) => settled(resolve(answer)) });
    });
  thumbnails = makeThumbnails(send, element("div"), cards);
});

const fileOf = (image, changes = {}) => ({ image, rotation: 0, mirrored: false, seen: "1", ...changes });

function show(image, changes) {
  if (!cards.has(image)) cards.set(image, { picture: element("button"), image: element("img") });
  thumbnails.show(cards.get(image), fileOf(image, changes));
  return cards.get(image);
}

const picturesOf = ({ files }) => ({ pictures: files.map((file) => jpeg(String(file))) });

async function answer(question) {
  await question.answer(picturesOf(question));
}

const textAt = async (card) => (await fetch(card.image.src)).text();

test("what is on the screen is asked for, turned to match, and shown in its card", async () => {
  const here = show(3, { rotation: 90, mirrored: true });
  show(4);
  Observer.show([here.picture]);
  assert.deepEqual(
    questions.map(({ files }) => files),
    [[[3, 90, true]]],
  );
  await answer(questions[0]);
  assert.equal(await textAt(here), "3,90,true");
  assert.equal(cards.get(4).image.getAttribute("src"), null);
  assert.equal(questions.length, 1);
});

test("six at a time are asked for, and the next when these are there", async () => {
  Observer.show(Array.from({ length: 8 }, (_, image) => show(image).picture));
  assert.deepEqual(
    questions.map(({ files }) => files.length),
    [6],
  );
  await answer(questions[0]);
  assert.deepEqual(
    questions[1].files.map(([image]) => image),
    [6, 7],
  );
  await answer(questions[1]);
  assert.equal(await textAt(cards.get(7)), "7,0,false");
});

test("a refusal does not keep the next from being asked for", async () => {
  Observer.show(Array.from({ length: 7 }, (_, image) => show(image).picture));
  await questions[0].answer(undefined);
  await answer(questions[1]);
  assert.equal(await textAt(cards.get(6)), "6,0,false");
});

test("what has left the screen again is not asked for", async () => {
  const targets = Array.from({ length: 8 }, (_, image) => show(image).picture);
  Observer.show(targets);
  Observer.show([targets[6]], false);
  await answer(questions[0]);
  assert.deepEqual(questions[1].files, [[7, 0, false]]);
});

test("what is there is not asked for again, also in another card", async () => {
  Observer.show([show(3).picture]);
  await answer(questions[0]);
  cards.delete(3);
  const again = show(3);
  Observer.show([again.picture]);
  assert.equal(questions.length, 1);
  assert.equal(await textAt(again), "3,0,false");
});

test("a file that was written over is another picture", async () => {
  const card = show(3);
  Observer.show([card.picture]);
  await answer(questions[0]);
  show(3, { seen: "1" });
  Observer.show([card.picture]);
  assert.equal(questions.length, 1);
  show(3, { seen: "2" });
  assert.equal(card.image.getAttribute("src"), null);
  Observer.show([card.picture]);
  assert.equal(questions.length, 2);
});

test("a file that is back again is shown as it was, also in another card, and not as while it was gone", async () => {
  Observer.show([show(3).picture]);
  await answer(questions[0]);
  Observer.show([show(3, { seen: "" }).picture]);
  await questions[1].answer({ pictures: [jpeg("what is left")] });
  cards.delete(3);
  const back = show(3);
  Observer.show([back.picture]);
  assert.equal(questions.length, 2);
  assert.equal(await textAt(back), "3,0,false");
});

test("an answer for a card that shows another turn by now is not shown in it", async () => {
  const card = show(3);
  Observer.show([card.picture]);
  show(3, { rotation: 90 });
  await answer(questions[0]);
  assert.equal(card.image.getAttribute("src"), null);
});

test("six hundred are remembered, and those on the page whatever their number", async () => {
  const first = show(-1);
  Observer.show([first.picture]);
  await answer(questions.shift());
  cards.delete(-1);
  for (let image = 0; image < 600; image++) Observer.show([show(image).picture]);
  while (questions.length) await answer(questions.shift());
  const again = show(-1);
  Observer.show([again.picture]);
  assert.deepEqual(questions[0]?.files, [[-1, 0, false]]);
  const known = show(0);
  Observer.show([known.picture]);
  assert.equal(await textAt(known), "0,0,false");
});

test("addresses are given back when the gallery is closed", async (context) => {
  const revoked = context.mock.method(URL, "revokeObjectURL");
  const card = show(3);
  Observer.show([card.picture]);
  await answer(questions[0]);
  thumbnails.close();
  assert.deepEqual(
    revoked.mock.calls.map(({ arguments: [address] }) => address),
    [card.image.src],
  );
  show(4);
  Observer.show([card.picture]);
  assert.equal(questions.length, 1);
});
