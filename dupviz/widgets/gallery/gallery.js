// The gallery: shows the page of groups that Python describes, and tells Python what is decided.

import { makeCard, makeGroup } from "./cards.js";
import { makeComparison } from "./comparison.js";
import { makeCursor } from "./cursor.js";
import { element } from "./dom.js";
import { makeFold, whyEmpty } from "./fold.js";
import { makeFolderDialog } from "./folder.js";
import { makeFrame } from "./frame.js";
import { keyOf, makeHelp } from "./help.js";
import { makeMover } from "./mover.js";
import { makeSeen } from "./seen.js";
import { makeThumbnails } from "./thumbnails.js";
import { makeSmall, makeTile, sheetFiles } from "./tile.js";

export function openGallery(connection, parent) {
  let state = connection.state();
  const cards = new Map(); // image → card, of this page
  const leftOut = new Set(); // names of groups of the sheet that are not accepted with the others

  // What Python answers; nothing but a notice, if it refuses.
  const send = (step, values) => connection.ask(step, values).catch((error) => frame.say(error.message));

  // What the keys do in the groups as well as in the comparison.
  const decide = {
    " ": () => send("toggle", { image: cursor.current() }),
    k: () => send("make_keeper", { image: cursor.current() }),
    d: () => send("mark_different", { image: cursor.current() }),
    u: () => send("undo"),
    r: () => send("redo"),
  };

  const help = makeHelp();
  const showHelp = () => help.showModal();
  const folder = makeFolderDialog(send);
  const mover = makeMover({ state: () => state, send });
  const frame = makeFrame({
    send,
    turnPage,
    acceptPage,
    showHelp,
    openMover: mover.open,
    begin: () => comparison.begin(),
  });
  const list = element("div", { className: "dupviz-groups" });
  const cursor = makeCursor({ state: () => state, list, cards });
  const { groupOf, select, focus, move, moveGroup } = cursor;
  const thumbnails = makeThumbnails(send, list, cards);
  const comparison = makeComparison({
    state: () => state,
    groupOf,
    decide,
    send,
    say: frame.say,
    showHelp,
    onShow: select,
    onClose: (image) => {
      if (cards.has(image)) select(image);
      focus(cursor.current());
    },
  });
  const seen = makeSeen(list);
  const parts = [frame.header, list, frame.footer, help, comparison.dialog, mover.dialog, folder.dialog];
  const aria = { label: "Review of duplicates" };
  const root = element(
    "section",
    { className: "dupviz-review", tabIndex: -1, aria, onkeydown: press, onkeyup: comparison.release },
    ...parts,
  );
  root.addEventListener("focusin", ({ target }) => {
    target.dataset.lmSuppressShortcuts = "true"; // JupyterLab: the keys are ours
  });
  parent.append(root);

  function draw() {
    const old = state;
    const hasFocus = root.contains(document.activeElement);
    const isInList = list.contains(document.activeElement);
    const at = cursor.at();
    state = connection.state();
    const place = ({ view, page, pages, filter, order, narrow }) =>
      JSON.stringify([view, page, pages, filter, order, narrow]);
    const isSamePage = place(old) === place(state);
    if (!isSamePage) leftOut.clear();
    for (const [action, colour] of Object.entries(state.colours)) {
      root.style.setProperty(`--dupviz-${action}`, colour);
    }
    frame.update(state, leftOut.size);
    mover.update();
    drawGroups(old.view === state.view, isSamePage);
    cursor.settle(at, isSamePage);
    if (isInList && !comparison.dialog.open) focus(cursor.current());
    else if (hasFocus && !root.contains(document.activeElement)) root.focus();
    comparison.update();
  }

  function drawGroups(isSameView, isSamePage) {
    const isSheet = state.view === "sheet";
    const shown = (group) => (isSheet ? sheetFiles(group) : group.files);
    const images = new Set(state.groups.flatMap((group) => shown(group).map((file) => file.image)));
    for (const [image, card] of cards) {
      if (isSameView && images.has(image)) continue;
      thumbnails.drop(card);
      cards.delete(image);
    }
    list.classList.toggle("dupviz-sheet", isSheet);
    const groups = new Map([...list.children].map((node) => [node.dataset.name, node]));
    const nodes = state.groups.map((group, i) => {
      const number = state.first + i;
      const files = shown(group).map((file) => drawFile(file, number, isSheet));
      const former = groups.get(String(group.name));
      if (isSheet) return makeTile(group, number, files, former, tileOf(group));
      return makeGroup(group, number, files, former, {
        onAccept: acceptGroup,
        onExpand: (name) => send("expand", { group: name }),
      });
    });
    nodes.push(...state.folds.map((fold) => makeFold(fold, groups.get(fold.name), send)));
    if (!nodes.length) nodes.push(element("p", { className: "dupviz-empty", textContent: whyEmpty(state) }));
    if (nodes.length === list.children.length && nodes.every((node, i) => node === list.children[i])) return;
    const top = list.scrollTop;
    list.replaceChildren(...nodes);
    list.scrollTop = isSamePage ? top : 0;
    seen.watch(isSamePage);
  }

  function drawFile(file, number, isSheet) {
    if (!cards.has(file.image)) {
      const make = isSheet ? makeSmall : makeCard;
      cards.set(file.image, make(file.image, { onSelect: select, onAct: act, onFolder: folder.open }));
    }
    const card = cards.get(file.image);
    if (card.update(file, number, state.words)) thumbnails.show(card, file);
    return card.node;
  }

  const tileOf = (group) => ({ words: state.words, isLeftOut: leftOut.has(group.name), onLeaveOut: leaveOut });

  // On the sheet: not this one, when the others are accepted.
  function leaveOut(name) {
    if (!leftOut.delete(name)) leftOut.add(name);
    draw();
  }

  function turnPage(steps) {
    const page = state.page + steps;
    if (page >= 0 && page < state.pages) send("page", { page });
  }

  async function acceptPage() {
    const all = state.groups.length;
    const names = seen.names().filter((name) => !leftOut.has(name));
    cards.get(cursor.current())?.picture.focus({ preventScroll: true });
    await send("accept_page", { groups: names });
    if (leftOut.size && names.length + leftOut.size === all) turnPage(1);
  }

  function acceptGroup(name) {
    send("accept", { groups: [name] });
    if (groupOf(cursor.current())?.name === name) cursor.leaveGroup();
  }

  function act(step, image) {
    if (step === "compare") return comparison.open(image);
    select(image);
    return send(step, { image });
  }

  const ofSheet = { " ": () => groupOf(cursor.current()) && leaveOut(groupOf(cursor.current()).name) };
  const keys = {
    ...decide,
    Enter: () => comparison.open(cursor.current()),
    a: () => groupOf(cursor.current()) && acceptGroup(groupOf(cursor.current()).name),
    A: acceptPage,
    o: comparison.begin,
    v: () => send("set_view", { view: state.view === "rows" ? "sheet" : "rows" }),
    g: frame.jump,
    ArrowLeft: () => move(-1),
    ArrowRight: () => move(1),
    ArrowUp: () => moveGroup(-1),
    ArrowDown: () => moveGroup(1),
    PageUp: () => turnPage(-1),
    PageDown: () => turnPage(1),
    Home: () => move(-Infinity),
    End: () => move(Infinity),
    f: () => {
      const image = cursor.current();
      if (groupOf(image)) folder.open(groupOf(image).files.find((file) => file.image === image));
    },
    "/": frame.search,
    "?": showHelp,
  };

  function press(event) {
    event.stopPropagation();
    if (help.open || mover.dialog.open || folder.dialog.open) return;
    const own = state.view === "sheet" ? { ...keys, ...ofSheet } : keys;
    const action = (comparison.dialog.open ? comparison.keys : own)[keyOf(event)];
    if (!action) return;
    event.preventDefault();
    action(event);
  }

  // Where the gallery is the whole page, its keys are alive before a click, and after one beside it.
  function takeKeys() {
    if (document.activeElement === document.body) focus(cursor.current());
  }

  const stopListening = connection.listen(draw);
  draw();
  return {
    takeKeys,
    close() {
      stopListening();
      thumbnails.close();
    },
  };
}
