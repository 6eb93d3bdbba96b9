// One pair after the other over the whole window: a key decides, and the next pair is there already.

import { button, element } from "./dom.js";
import { makeStage } from "./stage.js";
import { makeStrip } from "./strip.js";
import { makeWalk } from "./walk.js";

const SWIPE = 60; // pixels that a finger goes to the side

// `gallery` is what this needs of it: state(), groupOf(image), decide, send, say, showHelp, onShow(image), onClose(image).
export function makeComparison(gallery) {
  let image = null;
  let isBusy = false; // with a decision, after which it goes on
  let waiting = null; // the page that is asked for, and whether to go on from its beginning or its end: 1 or -1
  const decided = []; // images, for undo

  const walk = makeWalk(gallery.state);
  const stage = makeStage(gallery.send, preload);
  const strip = makeStrip(gallery.send, open);
  const title = element("b", { className: "dupviz-title" });
  const others = element("span", { className: "dupviz-note" });
  const said = element("span", { className: "dupviz-said", role: "status" });
  const act = (label, key, onclick, className = "") => button(`${label} (${key})`, onclick, { className }, label);
  const stays = act("Stays", "S", () => settle("keep"));
  const goes = act("Can go", "X", () => settle("remove"));
  const right = act("This group is right", "A", acceptGroup, "dupviz-main");
  const note = element("span", { className: "dupviz-note dupviz-legend" });
  note.textContent = "Black where they are equal; differences are four times as bright.";
  const dialog = element(
    "dialog",
    { className: "dupviz-compare", aria: { label: "Compare two files" }, onclose: closed },
    element(
      "div",
      { className: "dupviz-bar" },
      button("Back (Esc)", () => dialog.close(), {}, "Back"),
      title,
      others,
      element("span", { className: "dupviz-controls" }, ...stage.controls),
    ),
    note,
    stage.node,
    strip.node,
    element(
      "div",
      { className: "dupviz-bar dupviz-decide" },
      act("‹", "←", () => go(-1)),
      stays,
      goes,
      act("Not a duplicate", "D", () => settle("different")),
      act("Keep instead", "K", () => gallery.decide.k()),
      said,
      act("Undo", "U", undo),
      right,
      act("›", "→", () => go(1)),
    ),
  );

  function open(wanted) {
    const group = gallery.groupOf(wanted);
    const [first, second] = group?.files ?? [];
    if (!second) return;
    image = first.image === wanted ? second.image : wanted;
    waiting = null;
    if (!dialog.open) {
      dialog.showModal();
      dialog.focus();
      stage.begin();
    }
    update();
  }

  // One pair after the other, from the first that is not reviewed.
  function begin() {
    const [first] = walk.open();
    if (first) open(first.file.image);
    else gallery.say("All groups of this page are reviewed.");
  }

  function closed() {
    stage.close();
    strip.clear();
    decided.length = 0;
    gallery.onClose(image);
  }

  function update() {
    if (!dialog.open) return;
    const state = gallery.state();
    said.textContent = state.notice;
    if (waiting) return waiting.page === state.page ? arrive(waiting.steps) : undefined;
    const group = gallery.groupOf(image);
    const file = group?.files.find((each) => each.image === image);
    if (!file || file.first) return isBusy ? undefined : dialog.close();
    gallery.onShow(image);
    const all = group.files.filter((each) => !each.first);
    const number = `Group ${state.first + state.groups.indexOf(group)} of ${state.listed.toLocaleString("en")}`;
    title.textContent = all.length > 1 ? `${number}, file ${all.indexOf(file) + 1} of ${all.length}` : number;
    others.textContent = `${state.reviewed.toLocaleString("en")} of ${state.all.toLocaleString("en")} reviewed`;
    dialog.dataset.action = file.action;
    stays.setAttribute("aria-pressed", file.action !== "remove");
    goes.setAttribute("aria-pressed", file.action === "remove");
    right.replaceChildren(group.reviewed ? "Reviewed: next" : "This group is right");
    strip.update(all, image, state.words);
    stage.show({ ...walk.pair(group, file), words: state.words });
  }

  // The pictures of the next pair are asked for while one looks at this one.
  function preload() {
    const next = walk.after(image);
    if (next) stage.preload(next);
  }

  // Another page is there: go on with its first pair that is not reviewed, or its last one.
  function arrive(steps) {
    const pairs = steps > 0 ? walk.open() : walk.pairs().slice(-1);
    if (pairs.length) open(pairs[0].file.image);
    else turn(steps);
  }

  function turn(steps) {
    const { page, pages, all, reviewed } = gallery.state();
    waiting = null;
    if (page + steps < 0) return;
    if (page + steps < pages) {
      waiting = { page: page + steps, steps };
      return gallery.send("page", { page: waiting.page });
    }
    dialog.close();
    gallery.say(all === reviewed ? "All groups are reviewed." : "This was the last of these groups.");
  }

  function go(steps) {
    const pairs = walk.pairs();
    const next = pairs[pairs.findIndex(({ file }) => file.image === image) + steps];
    if (next) open(next.file.image);
    else turn(steps);
  }

  // Decide what is on the screen, and go on if that was taken: nobody decides what was not seen.
  async function decide(step, values, next, isDone) {
    if (isBusy || !stage.isReady()) return;
    isBusy = true;
    const about = image;
    await gallery.send(step, values);
    isBusy = false;
    if (!dialog.open) return;
    if (!isDone()) return update();
    decided.push(about);
    if (next && gallery.groupOf(next.file.image)) open(next.file.image);
    else turn(1);
  }

  function settle(action) {
    const [about, next] = [image, walk.after(image)];
    const file = () => gallery.groupOf(about)?.files.find((each) => each.image === about);
    const { keeper } = file();
    if (action === "different")
      return decide("mark_different", { image: about }, next, () => file()?.keeper !== keeper || file().first);
    return decide("decide", { image: about, action }, next, () => file()?.reviewed);
  }

  function acceptGroup() {
    const { name, reviewed } = gallery.groupOf(image);
    const next = walk.after(image, { isOtherGroup: true });
    if (reviewed) return next ? open(next.file.image) : turn(1);
    return decide("accept", { groups: [name] }, next, () => gallery.groupOf(image)?.reviewed);
  }

  async function undo() {
    if (isBusy) return;
    await gallery.send("undo");
    const last = decided.pop();
    if (dialog.open && gallery.groupOf(last)) open(last);
  }

  // A finger to the side: the next pair, or the one before.
  let start = null;
  stage.node.addEventListener("pointerdown", (event) => {
    start = event.pointerType === "touch" ? [event.clientX, event.clientY] : null;
  });
  stage.node.addEventListener("pointerup", (event) => {
    const [x, y] = start ? [event.clientX - start[0], event.clientY - start[1]] : [0, 0];
    start = null;
    if (Math.abs(x) > SWIPE && Math.abs(x) > 2 * Math.abs(y)) go(x < 0 ? 1 : -1);
  });

  const keys = {
    ...gallery.decide,
    ...stage.keys,
    s: () => settle("keep"),
    x: () => settle("remove"),
    d: () => settle("different"),
    a: acceptGroup,
    u: undo,
    ArrowLeft: () => stage.pan(-1, 0) || go(-1),
    ArrowRight: () => stage.pan(1, 0) || go(1),
    ArrowUp: () => stage.pan(0, -1),
    ArrowDown: () => stage.pan(0, 1),
    "?": gallery.showHelp,
  };
  return { dialog, open, begin, update, keys, release: stage.release };
}
