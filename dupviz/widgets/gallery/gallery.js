// The gallery: shows the page of groups that Python describes, and tells Python what is decided.

import { makeCard, makeGroup } from "./cards.js";
import { makeComparison } from "./comparison.js";
import { clamp, element } from "./dom.js";
import { makeFold } from "./fold.js";
import { makeFolderDialog } from "./folder.js";
import { makeFrame } from "./frame.js";
import { keyOf, makeHelp } from "./help.js";
import { makeMover } from "./mover.js";
import { makeSeen } from "./seen.js";
import { makeThumbnails } from "./thumbnails.js";

export function openGallery(connection, parent) {
  let state = connection.state();
  const cards = new Map(); // image → card, of this page
  let current = null; // the image that the keys are about
  let last = -1; // the place of the one before it, if there is none

  // What Python answers; nothing but a notice, if it refuses.
  const send = (step, values) => connection.ask(step, values).catch((error) => frame.say(error.message));

  // What the keys do in the groups as well as in the comparison.
  const decide = {
    " ": () => send("toggle", { image: current }),
    k: () => send("make_keeper", { image: current }),
    d: () => send("mark_different", { image: current }),
    u: () => send("undo"),
    r: () => send("redo"),
  };

  const help = makeHelp();
  const showHelp = () => help.showModal();
  const folder = makeFolderDialog(send);
  const mover = makeMover({ state: () => state, send });
  const frame = makeFrame({ send, turnPage, acceptPage, showHelp, openMover: mover.open });
  const list = element("div", { className: "dupviz-groups" });
  const thumbnails = makeThumbnails(send, list, cards);
  const comparison = makeComparison({
    state: () => state,
    groupOf,
    decide,
    send,
    showHelp,
    onShow: (image) => {
      current = image;
    },
    onClose: (image) => {
      if (cards.has(image)) select(image);
      focus(current);
    },
  });
  const seen = makeSeen(list);
  const parts = [frame.header, list, frame.footer, help, comparison.dialog, mover.dialog, folder.dialog];
  const aria = { label: "Review of duplicates" };
  const root = element("section", { className: "dupviz-review", tabIndex: -1, aria, onkeydown: press }, ...parts);
  // JupyterLab: the keys are ours. It asks the element that has the focus, before those around it.
  root.addEventListener("focusin", ({ target }) => {
    target.dataset.lmSuppressShortcuts = "true";
  });
  parent.append(root);

  function draw() {
    const old = state;
    const hasFocus = root.contains(document.activeElement);
    const isInList = list.contains(document.activeElement);
    const at = order().indexOf(current);
    state = connection.state();
    const place = ({ page, pages, filter, order, narrow }) => JSON.stringify([page, pages, filter, order, narrow]);
    const isSamePage = place(old) === place(state);
    for (const [action, colour] of Object.entries(state.colours)) {
      root.style.setProperty(`--dupviz-${action}`, colour);
    }
    frame.update(state);
    mover.update();
    drawGroups(isSamePage);
    const images = order();
    // A file that has left its group: the keys are about none, until an arrow key goes on from there.
    if (!images.includes(current)) select(isSamePage && current !== null ? null : (images[0] ?? null));
    else select(current);
    if (current === null) last = isSamePage ? at : -1;
    if (isInList && !comparison.dialog.open) focus(current);
    else if (hasFocus && !root.contains(document.activeElement)) root.focus();
    comparison.update();
  }

  function drawGroups(isSamePage) {
    const images = new Set(order());
    for (const [image, card] of cards) {
      if (images.has(image)) continue;
      thumbnails.drop(card);
      cards.delete(image);
    }
    const groups = new Map([...list.children].map((node) => [node.dataset.name, node]));
    const nodes = state.groups.map((group, i) => {
      const number = state.first + i;
      const files = group.files.map((file) => drawFile(file, number));
      return makeGroup(group, number, files, groups.get(String(group.name)), {
        onAccept: acceptGroup,
        onExpand: (name) => send("expand", { group: name }),
      });
    });
    nodes.push(...state.folds.map((fold) => makeFold(fold, groups.get(fold.name), send)));
    if (!nodes.length) {
      const isAll = state.filter === "all" && !Object.values(state.narrow).some(Boolean);
      const textContent = isAll ? "There are no duplicates below this MSE." : "There are no such groups.";
      nodes.push(element("p", { className: "dupviz-empty", textContent }));
    }
    if (nodes.length === list.children.length && nodes.every((node, i) => node === list.children[i])) return;
    const top = list.scrollTop;
    list.replaceChildren(...nodes);
    list.scrollTop = isSamePage ? top : 0;
    seen.watch(isSamePage);
  }

  function drawFile(file, number) {
    if (!cards.has(file.image))
      cards.set(file.image, makeCard(file.image, { onSelect: select, onAct: act, onFolder: folder.open }));
    const card = cards.get(file.image);
    if (card.update(file, number, state.words)) thumbnails.show(card, file);
    return card.node;
  }

  // The keys are about one file at a time.

  function order() {
    return state.groups.flatMap((group) => group.files.map((file) => file.image));
  }

  function groupOf(image) {
    return state.groups.find((group) => group.files.some((file) => file.image === image));
  }

  function select(image) {
    if (cards.has(current)) cards.get(current).picture.tabIndex = -1;
    current = image;
    if (cards.has(image)) cards.get(image).picture.tabIndex = 0;
  }

  function focus(image) {
    const card = cards.get(image);
    if (!card) return list.focus();
    select(image);
    card.picture.focus({ preventScroll: true });
    card.node.scrollIntoView({ block: "nearest" });
  }

  function move(steps) {
    const images = order();
    const from = current === null ? last - (steps > 0) : images.indexOf(current);
    if (images.length) focus(images[clamp(from + steps, 0, images.length - 1)]);
  }

  function moveGroup(steps) {
    const groups = state.groups.filter((group) => group.files.length);
    if (current === null) return move(steps);
    const group = groupOf(current);
    const column = group?.files.findIndex((file) => file.image === current);
    const next = groups[groups.indexOf(group) + steps];
    return next && focus(next.files[Math.min(column, next.files.length - 1)].image);
  }

  function turnPage(steps) {
    const page = state.page + steps;
    if (page >= 0 && page < state.pages) send("page", { page });
  }

  function acceptPage() {
    send("accept_page", { groups: seen.names() });
    cards.get(current)?.picture.focus({ preventScroll: true });
  }

  function acceptGroup(name) {
    send("accept", { groups: [name] });
    if (groupOf(current)?.name === name) moveGroup(1);
  }

  function act(step, image) {
    if (step === "compare") return comparison.open(image);
    select(image);
    return send(step, { image });
  }

  const keys = {
    ...decide,
    Enter: () => comparison.open(current),
    a: () => groupOf(current) && acceptGroup(groupOf(current).name),
    A: acceptPage,
    ArrowLeft: () => move(-1),
    ArrowRight: () => move(1),
    ArrowUp: () => moveGroup(-1),
    ArrowDown: () => moveGroup(1),
    PageUp: () => turnPage(-1),
    PageDown: () => turnPage(1),
    Home: () => move(-Infinity),
    End: () => move(Infinity),
    f: () => groupOf(current) && folder.open(groupOf(current).files.find((file) => file.image === current)),
    "/": frame.search,
    "?": showHelp,
  };

  function press(event) {
    event.stopPropagation();
    const action =
      help.open || mover.dialog.open || folder.dialog.open
        ? null
        : (comparison.dialog.open ? comparison.keys : keys)[keyOf(event)];
    if (!action) return;
    event.preventDefault();
    action();
  }

  const stopListening = connection.listen(draw);
  draw();
  return () => {
    stopListening();
    thumbnails.close();
  };
}
