// What a card says of a file, and what its buttons do.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { makeCard, makeGroup, pathOf } from "../../dupviz/widgets/gallery/cards.js";
import { stateOf, textsOf, written } from "./page.js";

const { words } = written.states.gallery[0];
let done;

beforeEach(() => {
  done = [];
});

function makeOne(file, group = 1) {
  const card = makeCard(file.image, {
    onSelect: (image) => done.push(["select", image]),
    onAct: (step, image) => done.push([step, image]),
    onFolder: (each) => done.push(["folder", each.folder_name]),
  });
  card.update(file, group, words);
  return card;
}

const files = () => stateOf("gallery", 0).groups.flatMap((group) => group.files);
const text = (card, line) => card.node.querySelector(`.dupviz-${line}`).textContent;

test("a file that can go says why, how far it is and how it is turned", () => {
  const file = files().find(({ turn }) => turn);
  const card = makeOne(file);
  assert.equal(card.node.dataset.action, "remove");
  assert.equal(text(card, "mark"), "can go");
  assert.equal(text(card, "reason"), file.reason);
  assert.equal(text(card, "facts"), `${file.mse} · ↻ shown turned 270°`);
  assert.equal(text(card, "name"), "turned.jpg");
  assert.equal(text(card, "folder"), "album");
  assert.deepEqual([card.image.width, card.image.height], [...file.shape]);
  assert.equal(card.image.alt, "album/turned.jpg");
  const mark = card.node.querySelector(".dupviz-mark");
  assert.equal(mark.getAttribute("aria-pressed"), "true");
  assert.equal(mark.getAttribute("aria-label"), "can go: change (Space)");
  assert.equal(mark.disabled, false);
});

test("the file that stays cannot be let go, and is no duplicate of itself", () => {
  const file = files().find(({ first }) => first);
  const card = makeOne(file);
  assert.equal(text(card, "reason"), `stays: ${file.reason}`);
  const [mark] = card.node.querySelectorAll(".dupviz-mark");
  assert.equal(mark.disabled, true);
  assert.equal(mark.title, "Stays for the others");
  assert.equal(mark.getAttribute("aria-pressed"), "false");
  const steps = [...card.node.querySelectorAll("[data-step]")].map(({ dataset, hidden }) => [dataset.step, hidden]);
  assert.deepEqual(steps, [
    ["make_keeper", true],
    ["mark_different", true],
    ["compare", false],
  ]);
});

test("what is heard of a picture is all that is seen of its file", () => {
  const file = files().find(({ turn }) => turn);
  const heard = makeOne(file, 4).picture.getAttribute("aria-label");
  const parts = ["album/turned.jpg", "can go", "group 4", file.reason, file.mse, file.turn, file.pixels, file.kind];
  for (const part of parts) assert.ok(heard.includes(part), `${part} is not in ${heard}`);
});

test("a file that is gone says so in place of a reason", () => {
  for (const [state, said] of [
    ["gone", "no longer there"],
    ["changed", "changed since it was read"],
  ]) {
    const card = makeOne({ ...files()[1], state });
    assert.equal(text(card, "reason"), said);
    assert.equal(card.node.querySelector(".dupviz-reason").dataset.missing, "true");
    assert.ok(card.picture.getAttribute("aria-label").endsWith(said));
  }
});

test("a name is only ever text", () => {
  const name = "<img src=x onerror=alert(1)>";
  const card = makeOne({ ...files()[1], name });
  assert.equal(text(card, "name"), name);
  assert.equal(card.node.querySelectorAll("img").length, 1);
});

test("buttons do what they say to their own file", () => {
  const file = files().find(({ turn }) => turn);
  const { node, picture } = makeOne(file);
  for (const each of node.querySelectorAll("[data-step], .dupviz-mark, .dupviz-folder")) each.click();
  picture.dispatchEvent(new window.Event("dblclick"));
  assert.deepEqual(done, [
    ["toggle", file.image],
    ["make_keeper", file.image],
    ["mark_different", file.image],
    ["compare", file.image],
    ["folder", "album"],
    ["compare", file.image],
  ]);
});

test("a card is drawn again only if its file or group is new", () => {
  const [file] = files();
  const card = makeOne(file, 1);
  assert.equal(card.update(file, 1, words), false);
  assert.equal(card.update(file, 2, words), true);
  assert.equal(card.update({ ...file, state: "gone" }, 2, words), true);
});

test("a path is a folder and a name; of the folder that holds all, the name alone", () => {
  assert.equal(pathOf({ folder: "album", name: "a.jpg" }), "album/a.jpg");
  assert.equal(pathOf({ folder: "", name: "a.jpg" }), "a.jpg");
});

function makeRow(group, old, number = 1) {
  const nodes = group.files.map((file) => makeOne(file).node);
  return makeGroup(group, number, nodes, old, {
    onAccept: (name) => done.push(["accept", name]),
    onExpand: (name) => done.push(["expand", name]),
  });
}

test("a group is accepted by its button, once", () => {
  const [group] = stateOf("gallery", 0).groups;
  const row = makeRow(group);
  assert.equal(row.dataset.name, String(group.name));
  assert.equal(row.querySelectorAll(".dupviz-file").length, 2);
  const accept = row.querySelector(".dupviz-accept");
  accept.click();
  assert.deepEqual(done, [["accept", group.name]]);
  assert.equal(accept.disabled, false);
  const reviewed = makeRow({ ...group, reviewed: true }).querySelector(".dupviz-accept");
  assert.equal(reviewed.disabled, true);
  assert.equal(reviewed.getAttribute("aria-pressed"), "true");
});

test("a large group shows more when it is asked to", () => {
  const [group] = stateOf("gallery", 0).groups;
  assert.equal(makeRow(group).querySelector(".dupviz-more"), null);
  const more = makeRow({ ...group, more: 6 }).querySelector(".dupviz-more");
  assert.equal(more.textContent, "6 more");
  more.click();
  assert.deepEqual(done, [["expand", group.name]]);
});

test("a row stays what it is until its files, its number or its review change", () => {
  const [group, other] = stateOf("gallery", 0).groups;
  const row = makeRow(group);
  assert.equal(makeRow(group, row), row);
  assert.notEqual(makeRow(group, row, 2), row);
  assert.notEqual(makeRow({ ...group, reviewed: true }, row), row);
  assert.notEqual(makeRow({ ...group, more: 1 }, row), row);
  assert.notEqual(makeRow(other, row), row);
});

test("a group that lost its files says so, and there is nothing to accept", () => {
  const [group] = stateOf("gallery", 0).groups;
  const row = makeRow({ ...group, files: [] });
  assert.deepEqual(textsOf(row.querySelectorAll("p")), ["No duplicates are left in this group."]);
  assert.equal(row.querySelector(".dupviz-accept").hidden, true);
});
