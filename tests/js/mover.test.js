// Nothing moves but what the preview showed.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { makeMover } from "../../dupviz/widgets/gallery/mover.js";
import { fire, makeConnection, stateOf, textsOf } from "./page.js";

let connection;
let mover;
let to;
let every;
let carry;
let held;
let state;

beforeEach(() => {
  state = stateOf("gallery", 0, { suggested: "/photos duplicates" });
  connection = makeConnection("gallery", state);
  mover = makeMover({ state: () => state, send: connection.ask });
  [to, every, carry, held] = mover.dialog.querySelectorAll("input");
  document.body.replaceChildren(mover.dialog);
  mover.open();
});

const go = () => mover.dialog.querySelector(".dupviz-main");
const what = () => mover.dialog.querySelector(".dupviz-what").textContent;
const preview = (changes) => ({
  preview: {
    ...{ number: 2, going: 2, size: "3 kB", files: ["a.jpg", "b.jpg"], more: 0, obstacle: "" },
    ...{ sidecars: [], more_sidecars: 0, stays: [], carries: false, held: 0 },
    ...changes,
  },
});

test("it opens with a folder, asks what would move there, and moves nothing before that is known", async () => {
  assert.equal(mover.dialog.open, true);
  assert.equal(to.value, "/photos duplicates");
  assert.equal(go().disabled, true);
  assert.equal(what(), "…");
  const [question] = connection.take("preview");
  assert.deepEqual(question.values, { to: "/photos duplicates", every: false, carry: true, held: false });
  await question.answer(preview());
  assert.equal(what(), "2 files, 3 kB:");
  assert.deepEqual(textsOf(mover.dialog.querySelectorAll("li")), ["a.jpg", "b.jpg"]);
  assert.equal(go().textContent, "Move 2 files");
  go().click();
  const [move] = connection.take("move");
  assert.deepEqual(move.values, { to: "/photos duplicates", every: false, carry: true, held: false, number: 2 });
  assert.equal(mover.dialog.open, false);
});

test("many files are counted", async () => {
  await connection.take("preview")[0].answer(preview({ number: 1234, going: 1234, more: 1226 }));
  assert.equal(go().textContent, "Move 1,234 files");
  assert.equal(textsOf(mover.dialog.querySelectorAll("li")).at(-1), "and 1,226 more");
});

test("one file is one file", async () => {
  await connection.take("preview")[0].answer(preview({ number: 1, going: 1, files: ["a.jpg"] }));
  assert.equal(go().textContent, "Move 1 file");
});

test("what stands in the way is said, and nothing can move", async () => {
  await connection.take("preview")[0].answer(preview({ obstacle: "It is no folder." }));
  assert.equal(what(), "It is no folder.");
  assert.equal(mover.dialog.querySelector(".dupviz-what").dataset.obstacle, "true");
  assert.equal(go().disabled, true);
});

test("where nothing can go, it says which groups count", async () => {
  await connection.take("preview")[0].answer(preview({ number: 0, going: 0, files: [] }));
  assert.equal(what(), "No file can go from the groups that are reviewed so far.");
  every.checked = true;
  fire(every, "change");
  const [question] = connection.take("preview");
  assert.equal(question.values.every, true);
  await question.answer(preview({ number: 0, going: 0, files: [] }));
  assert.equal(what(), "No file can go.");
  assert.equal(go().disabled, true);
});

test("while a preview is asked for, the last one is not shown", async () => {
  await connection.take("preview")[0].answer(preview());
  fire(every, "change");
  assert.equal(what(), "…");
  assert.equal(go().disabled, true);
});

test("while files move, no others do", async () => {
  state = stateOf("gallery", 0, { busy: "moving: 1 of 2 files" });
  await connection.take("preview")[0].answer(preview());
  assert.equal(go().disabled, true);
});

test("the answer to what was typed before is passed over, even where it comes last", async () => {
  const [old] = connection.take("preview");
  fire(every, "change");
  const [newest] = connection.take("preview");
  await newest.answer(preview({ number: 5, going: 5 }));
  await old.answer(preview({ number: 1, going: 1 }));
  assert.equal(go().textContent, "Move 5 files");
});

test("while a folder is typed, the preview of the last one does not count", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const [old] = connection.take("preview");
  to.value = "/elsewhere";
  fire(to, "input");
  await old.answer(preview());
  assert.equal(go().disabled, true);
  context.mock.timers.tick(300);
  const [question] = connection.take("preview");
  assert.equal(question.values.to, "/elsewhere");
  await question.answer(preview());
  assert.equal(go().disabled, false);
});

test("the folder that was typed stays when it is opened again", () => {
  to.value = "/elsewhere";
  mover.dialog.close();
  mover.open();
  assert.equal(to.value, "/elsewhere");
});

const isShown = (tick) => !tick.closest("label").hidden;
const lists = () => [...mover.dialog.querySelectorAll("div > ul")].filter((list) => !list.parentNode.hidden);

test("what to carry over is asked only where there is something", async () => {
  await connection.take("preview")[0].answer(preview());
  assert.deepEqual([carry, held].map(isShown), [false, false]);
  assert.deepEqual(lists(), []);
  fire(every, "change");
  await connection.take("preview")[0].answer(preview({ carries: true }));
  assert.deepEqual([carry, held].map(isShown), [true, false]);
  assert.equal(carry.checked, true);
});

test("it names the sidecars, and what stays after all", async () => {
  const found = {
    going: 1,
    carries: true,
    sidecars: ["k.jpg.xmp"],
    more_sidecars: 2,
    stays: ["b.jpg: another rating"],
  };
  await connection.take("preview")[0].answer(preview(found));
  assert.equal(go().textContent, "Move 1 file");
  const headings = lists().map((list) => list.parentNode.querySelector("p").textContent);
  assert.deepEqual(headings, ["Captions, keywords, … of these are carried over to:", "These stay after all:"]);
  assert.deepEqual(
    lists().map((list) => textsOf(list.children)),
    [["k.jpg.xmp", "and 2 more"], found.stays],
  );
});

test("what is carried over, and what goes for that, is as it was ticked", async () => {
  await connection.take("preview")[0].answer(preview({ carries: true, held: 3 }));
  assert.deepEqual([carry, held].map(isShown), [true, true]);
  assert.equal(held.checked, false);
  assert.match(held.closest("label").textContent, /also let 3 files go that stay only for these/);
  held.checked = true;
  fire(held, "change");
  let [question] = connection.take("preview");
  assert.equal(question.values.held, true);
  await question.answer(preview({ carries: true, held: 3, number: 5 }));
  carry.checked = false;
  fire(carry, "change");
  [question] = connection.take("preview");
  assert.deepEqual([question.values.carry, question.values.held], [false, false]);
  await question.answer(preview({ carries: true, held: 3 }));
  assert.equal(held.disabled, true);
  go().click();
  const [move] = connection.take("move");
  assert.deepEqual(move.values, { to: to.value, every: false, carry: false, held: false, number: 2 });
});
