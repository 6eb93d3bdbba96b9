// The gallery as a whole: what it shows of each state of Python's, and what keys and buttons ask for.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { openGallery } from "../../dupviz/widgets/gallery/gallery.js";
import { fire, makeConnection, Observer, press, settled, stateOf, textsOf, written } from "./page.js";

let connection;
let close;

beforeEach(() => open(stateOf("gallery", 0)));

function open(state) {
  Observer.all.length = 0;
  document.body.replaceChildren();
  connection = makeConnection("gallery", state);
  ({ close } = openGallery(connection, document.body));
}

const find = (selector) => document.querySelector(selector);
const pictures = () => [...document.querySelectorAll(".dupviz-picture")];
const imageOf = (picture) => Number(picture.closest(".dupviz-file").dataset.image);
const focused = () => imageOf(document.activeElement);
const asked = () => connection.asked.map(({ step, values }) => [step, values]);
const shown = () => pictures().map(imageOf);
const imagesOf = ({ groups }) => groups.flatMap(({ files }) => files.map(({ image }) => image));

for (const [number, state] of written.states.gallery.entries())
  test(`state ${number} is shown: its files, counts, choices and notice`, () => {
    open(stateOf("gallery", number));
    assert.deepEqual(shown(), imagesOf(state));
    assert.deepEqual(
      textsOf(document.querySelectorAll(".dupviz-fold b")),
      state.folds.map(({ words }) => words),
    );
    assert.deepEqual(
      textsOf(document.querySelectorAll(".dupviz-more")),
      state.groups.filter(({ more }) => more).map((group) => `${group.more} ${group.more_words}`),
    );
    const totals = find(".dupviz-totals").textContent;
    assert.ok(totals.includes(`${state.go} can go, ${state.freed}`));
    assert.equal(totals.includes("to review"), state.review > 0);
    assert.ok(totals.endsWith(`${state.reviewed} of ${state.all} groups reviewed`));
    const bar = find(".dupviz-progress");
    assert.deepEqual(
      [bar.firstChild.style.width, bar.getAttribute("aria-valuenow"), bar.getAttribute("aria-valuemax")],
      [`${(100 * state.reviewed) / state.all}%`, String(state.reviewed), String(state.all)],
    );
    assert.equal(find(".dupviz-notice").textContent, state.notice);
    assert.deepEqual(
      [...document.querySelectorAll(".dupviz-controls select")].map(({ value }) => value),
      [state.filter, state.order, state.rule, state.narrow.folder, state.narrow.format],
    );
    assert.equal(find("input[type=number]").value, String(state.threshold));
    const empty = textsOf(document.querySelectorAll(".dupviz-empty"));
    const isEmpty = !state.groups.length && !state.folds.length;
    assert.deepEqual(empty, !isEmpty ? [] : ["There are no such groups."]);
  });

test("without duplicates it says so", () => {
  open(stateOf("gallery", 0, { groups: [] }));
  assert.equal(find(".dupviz-empty").textContent, "There are no duplicates below this MSE.");
});

test("what is folded is one row, which is shown by its filter or stays as a whole", () => {
  const fold = { name: "too small to tell", words: "3 groups of icons", files: "7 files", reviewed: false };
  open(stateOf("gallery", 0, { groups: [], folds: [fold] }));
  assert.equal(find(".dupviz-empty"), null);
  const row = find(".dupviz-fold");
  assert.deepEqual(textsOf(row.querySelectorAll("p > *")), ["3 groups of icons", "7 files to review"]);
  const [show, accept] = row.querySelectorAll("button");
  show.click();
  accept.click();
  assert.deepEqual(asked(), [
    ["set_filter", { filter: "too small to tell" }],
    ["accept_folded", { name: "too small to tell" }],
  ]);
  connection.show(stateOf("gallery", 0, { groups: [], folds: [fold], notice: "New." }));
  assert.equal(find(".dupviz-fold"), row);
  connection.show(stateOf("gallery", 0, { groups: [], folds: [{ ...fold, reviewed: true }] }));
  assert.ok(find(".dupviz-fold button:last-child").disabled);
});

test("arrows go from file to file, and from group to group in the same column", () => {
  const [a, b, c, d, e] = shown();
  pictures()[0].focus();
  press(document.activeElement, "ArrowRight");
  assert.equal(focused(), b);
  press(document.activeElement, "ArrowDown");
  assert.equal(focused(), d);
  press(document.activeElement, "ArrowRight");
  assert.equal(focused(), e);
  press(document.activeElement, "ArrowUp"); // where the row is shorter, to its last
  assert.equal(focused(), b);
  press(document.activeElement, "ArrowDown");
  press(document.activeElement, "ArrowLeft");
  assert.equal(focused(), c);
  press(document.activeElement, "Home");
  assert.equal(focused(), a);
  press(document.activeElement, "ArrowLeft");
  assert.equal(focused(), a);
  press(document.activeElement, "End");
  assert.equal(focused(), shown().at(-1));
  assert.deepEqual(asked(), []);
});

test("keys decide about the file that has the focus", () => {
  const picture = pictures()[1];
  picture.focus();
  for (const key of [" ", "k", "d", "u", "r", "a"]) press(picture, key);
  const image = imageOf(picture);
  assert.deepEqual(asked(), [
    ["toggle", { image }],
    ["make_keeper", { image }],
    ["mark_different", { image }],
    ["undo", {}],
    ["redo", {}],
    ["accept", { groups: [written.states.gallery[0].groups[0].name] }],
  ]);
  assert.equal(focused(), shown()[3]); // which has gone on to the next group, in the same column
});

test("keys with Ctrl take back; others with it, and those in a field, are not ours", () => {
  const [picture] = pictures();
  picture.focus();
  press(picture, "z", { ctrlKey: true });
  press(picture, "Z", { ctrlKey: true, shiftKey: true });
  press(picture, "k", { ctrlKey: true });
  press(picture, "k", { altKey: true });
  press(find("input[type=number]"), "k");
  press(find(".dupviz-controls button"), " ");
  assert.deepEqual(asked(), [
    ["undo", {}],
    ["redo", {}],
  ]);
});

test("controls ask for what they say", () => {
  const [filter, order, rule] = document.querySelectorAll(".dupviz-controls select");
  filter.value = "review";
  fire(filter, "change");
  order.value = "freed";
  fire(order, "change");
  rule.value = "oldest";
  fire(rule, "change");
  const threshold = find("input[type=number]");
  threshold.value = "150";
  fire(threshold, "change");
  const { same } = written.states.gallery[0];
  for (const text of [`Accept all ${same} that are the same`, "Move back"])
    [...document.querySelectorAll("button")].find(({ textContent }) => textContent === text).click();
  assert.deepEqual(asked(), [
    ["set_filter", { filter: "review" }],
    ["set_order", { order: "freed" }],
    ["set_keep_rule", { rule: "oldest" }],
    ["set_threshold", { threshold: 150 }],
    ["accept_same", {}],
    ["move_back", {}],
  ]);
});

test("an empty threshold is none: the last one stands there again", () => {
  const threshold = find("input[type=number]");
  threshold.value = "";
  fire(threshold, "change");
  assert.deepEqual(asked(), []);
  assert.equal(threshold.value, "200");
});

test("a threshold that is being typed is not replaced by an answer to the last one", () => {
  const threshold = find("input[type=number]");
  threshold.value = "15";
  fire(threshold, "input");
  connection.show(stateOf("gallery", 0, { threshold: 100 }));
  assert.equal(threshold.value, "15");
  fire(threshold, "change");
  connection.show(stateOf("gallery", 0, { threshold: 15 }));
  assert.equal(threshold.value, "15");
});

test("a page is accepted with those of its groups that have been on the screen", () => {
  const groups = [...document.querySelectorAll(".dupviz-group")];
  Observer.show([groups[0], groups[2]]);
  pictures()[0].focus();
  press(pictures()[0], "A");
  const names = written.states.gallery[0].groups.map(({ name }) => name);
  assert.deepEqual(asked().at(-1), ["accept_page", { groups: [names[0], names[2]] }]);
});

test("pages are turned where there are more", () => {
  pictures()[0].focus();
  press(pictures()[0], "PageDown");
  assert.deepEqual(asked(), []);
  open(stateOf("gallery", 0, { page: 1, pages: 3 }));
  assert.equal(find(".dupviz-pages").textContent, "‹Page 2 of 3›");
  const disabled = () => [...document.querySelectorAll(".dupviz-pages button")].map((each) => each.disabled);
  assert.deepEqual(disabled(), [false, false]);
  connection.show(stateOf("gallery", 0, { page: 2, pages: 3 }));
  assert.deepEqual(disabled(), [false, true]);
  connection.show(stateOf("gallery", 0, { page: 0, pages: 3 }));
  assert.deepEqual(disabled(), [true, false]);
  connection.show(stateOf("gallery", 0, { page: 1, pages: 3 }));
  pictures()[0].focus();
  press(pictures()[0], "PageDown");
  press(pictures()[0], "PageUp");
  assert.deepEqual(asked(), [
    ["page", { page: 2 }],
    ["page", { page: 0 }],
  ]);
});

test("what Python refuses is said", async () => {
  press(pictures()[0], "u");
  const notice = find(".dupviz-notice");
  assert.equal(notice.textContent, "");
  await connection.take("undo")[0].refuse("This has failed.");
  assert.equal(notice.textContent, "This has failed.");
});

test("a state that comes again does not take away what was said since", async () => {
  const notice = find(".dupviz-notice");
  const state = stateOf("gallery", 0, { notice: "1 group reviewed.", number: 7 });
  connection.show(state);
  press(pictures()[0], "u");
  await connection.take("undo")[0].refuse("This has failed.");
  connection.show({ ...state });
  assert.equal(notice.textContent, "This has failed.");
  connection.show({ ...state, number: 8 });
  assert.equal(notice.textContent, "1 group reviewed.");
  connection.show({ ...state, number: 8, busy: "Moving." });
  assert.equal(notice.textContent, "Moving.");
});

test("what can be taken back, or done again, is offered", () => {
  const offered = () => ["Undo (U)", "Redo (R)"].map((title) => !find(`button[title="${title}"]`).disabled);
  for (const [can_undo, can_redo] of [
    [true, false],
    [false, true],
  ]) {
    connection.show(stateOf("gallery", 0, { can_undo, can_redo }));
    assert.deepEqual(offered(), [can_undo, can_redo]);
  }
});

test("a new state keeps the place to which one has scrolled, another page begins at the top", () => {
  const list = find(".dupviz-groups");
  list.scrollTop = 120;
  connection.show(stateOf("gallery", 3));
  assert.equal(list.scrollTop, 120);
  connection.show(stateOf("gallery", 4));
  assert.equal(list.scrollTop, 0);
});

test("a new state keeps the file that has the focus, and its card", () => {
  const picture = pictures()[1];
  picture.focus();
  connection.show(stateOf("gallery", 1));
  assert.equal(pictures()[1], picture);
  assert.equal(document.activeElement, picture);
  assert.equal(picture.closest(".dupviz-file").dataset.action, "keep");
  assert.equal(find(".dupviz-notice").textContent, "");
});

test("after the file that had the focus has gone, an arrow goes on from its place", () => {
  const [, b, c] = shown();
  pictures()[1].focus();
  const [group, ...others] = written.states.gallery[0].groups;
  const left = { ...group, files: [group.files[0]] };
  connection.show(stateOf("gallery", 0, { groups: [left, ...others] }));
  assert.ok(!shown().includes(b));
  press(document.activeElement, "k");
  assert.deepEqual(asked().at(-1), undefined);
  press(document.activeElement, "ArrowRight");
  assert.equal(focused(), c);
});

test("another page begins with its first file", () => {
  pictures()[0].focus();
  const groups = written.states.gallery[0].groups.slice(2);
  connection.show(stateOf("gallery", 0, { groups, page: 1, pages: 2 }));
  press(document.activeElement, "k");
  assert.deepEqual(asked(), [["make_keeper", { image: shown()[0] }]]);
});

test("rows stay in their places when only their files have changed", (context) => {
  const replaced = context.mock.method(find(".dupviz-groups"), "replaceChildren");
  connection.show(stateOf("gallery", 1));
  assert.equal(replaced.mock.callCount(), 0);
  connection.show(stateOf("gallery", 3));
  assert.equal(replaced.mock.callCount(), 1);
});

test("when the button that has the focus goes, the keys are still ours", () => {
  connection.show(stateOf("gallery", 3));
  find(".dupviz-rules button").focus();
  connection.show(stateOf("gallery", 0));
  assert.equal(document.activeElement, find(".dupviz-review"));
});

test("all that are the same are offered where there are any", () => {
  const offered = () =>
    [...document.querySelectorAll("button")].find((each) => each.textContent.startsWith("Accept all"));
  assert.equal(offered().hidden, false);
  connection.show(stateOf("gallery", 0, { same: 0 }));
  assert.equal(offered().hidden, true);
});

test("a folder is asked about by its card or by a key", () => {
  const turned = pictures().find((picture) => picture.closest(".dupviz-file").textContent.includes("album"));
  turned.focus();
  press(turned, "f");
  const dialog = find(".dupviz-folder-dialog");
  assert.equal(dialog.open, true);
  assert.equal(dialog.querySelector("h3").textContent, "Folder album");
  press(turned, "k"); // while a dialog is open, keys are its own
  dialog.querySelector("[data-step=never_from]").click();
  assert.equal(dialog.open, false);
  for (const step of ["keep_from", "only_from"]) {
    turned.closest(".dupviz-file").querySelector(".dupviz-folder").click();
    dialog.querySelector(`[data-step=${step}]`).click();
  }
  const image = imageOf(turned);
  assert.deepEqual(asked(), [
    ["never_from", { image }],
    ["keep_from", { image }],
    ["only_from", { image }],
  ]);
});

test("a question mark shows the keys, a slash the search", () => {
  pictures()[0].focus();
  press(pictures()[0], "?");
  assert.equal(find(".dupviz-help").open, true);
  find(".dupviz-help .dupviz-main").click();
  assert.equal(find(".dupviz-help").open, false);
  press(pictures()[0], "/");
  assert.equal(find(".dupviz-narrow").hidden, false);
});

test("while files move, how far it is stands in the place of the notice", () => {
  connection.show(stateOf("gallery", 0, { busy: "moving: 1 of 2 files", notice: "Done.", moved_to: "/out", moved: 1 }));
  assert.equal(find(".dupviz-notice").textContent, "moving: 1 of 2 files");
  const [back, mover] = document.querySelectorAll(".dupviz-next button");
  assert.deepEqual([back.disabled, mover.disabled, back.hidden], [true, true, false]);
  assert.equal(find(".dupviz-next").firstChild.textContent, "1 moved");
  connection.show(stateOf("gallery", 0, { notice: "Done." }));
  assert.equal(find(".dupviz-notice").textContent, "Done.");
  assert.equal(back.hidden, true);
});

test("pictures come into their cards, and a closed gallery listens no more", async (context) => {
  const [picture] = pictures();
  Observer.show([picture]);
  const [question] = connection.take("thumbnails");
  assert.deepEqual(question.values.files, [[imageOf(picture), 0, false]]);
  await question.answer({}, [new Uint8Array([1])]);
  assert.match(picture.querySelector("img").src, /^blob:/);
  const revoked = context.mock.method(URL, "revokeObjectURL");
  close();
  await settled();
  assert.equal(revoked.mock.callCount(), 1);
  assert.equal(connection.isListening(), false);
});
