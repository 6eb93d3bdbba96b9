// The dialog that moves what can go: where to, what exactly, and only then the button that does it.

import { button, element } from "./dom.js";

const WAIT_MS = 250; // after a key, before the preview is asked for

export function makeMover({ state, send }) {
  let preview = null; // what a move would do; null while that is not known
  let newest = 0; // number of the preview that is wanted
  let waiting = 0;

  const to = element("input", { type: "text", spellcheck: false, oninput: change, aria: { label: "Folder" } });
  const every = element("input", { type: "checkbox", onchange: ask });
  const carry = element("input", { type: "checkbox", checked: true, onchange: ask });
  const held = element("input", { type: "checkbox", onchange: ask });
  const heldText = document.createTextNode("");
  const carryLabel = element(
    "label",
    { hidden: true },
    carry,
    " Carry over captions, keywords, … to a file beside the one that stays",
  );
  const heldLabel = element("label", { hidden: true }, held, heldText);
  const what = element("p", { className: "dupviz-what", aria: { live: "polite" } });
  const files = element("ul");
  const written = makeList();
  const staying = makeList();
  const go = button("Move", move, { className: "dupviz-main" }, "Move");
  const dialog = element(
    "dialog",
    { className: "dupviz-mover", aria: { label: "Move files" } },
    element("h3", { textContent: "Move what can go" }),
    element("label", { className: "dupviz-to" }, "To the folder", to),
    element("label", {}, every, " also from groups that are not reviewed"),
    carryLabel,
    heldLabel,
    what,
    files,
    written.place,
    staying.place,
    element("p", { textContent: "Nothing is deleted: everything can be moved back." }),
    element(
      "div",
      { className: "dupviz-bar" },
      button("Cancel", () => dialog.close(), {}, "Cancel"),
      go,
    ),
  );

  function open() {
    if (!to.value) to.value = state().suggested;
    dialog.showModal();
    ask();
  }

  function change() {
    clearTimeout(waiting);
    waiting = setTimeout(ask, WAIT_MS);
    newest++; // what is asked already is of the text before
    preview = null;
    update();
  }

  async function ask() {
    const mine = ++newest;
    preview = null;
    update();
    const answer = await send("preview", choice());
    if (!answer || mine !== newest) return;
    preview = answer.preview;
    update();
  }

  function move() {
    send("move", { ...choice(), number: preview.number });
    dialog.close();
  }

  function choice() {
    return { to: to.value, every: every.checked, carry: carry.checked, held: carry.checked && held.checked };
  }

  function update() {
    const number = preview?.going ?? 0;
    const count = counted(number, "file", "files");
    go.textContent = number ? `Move ${count}` : "Move";
    go.title = go.textContent;
    go.disabled = !number || Boolean(preview.obstacle) || Boolean(state().busy);
    what.textContent = !preview ? "…" : preview.obstacle || sentence(number, count);
    what.dataset.obstacle = Boolean(preview?.obstacle);
    const more = preview?.more ? [`and ${preview.more.toLocaleString("en")} more`] : [];
    const shown = [...(preview?.files ?? []), ...more];
    files.replaceChildren(...shown.map((textContent) => element("li", { textContent })));
    if (preview) updateTicks();
    const { sidecars = [], more_sidecars: others = 0, stays = [] } = preview ?? {};
    written.show("Captions, keywords, … of these are carried over to:", sidecars, others);
    staying.show("These stay after all:", stays, 0);
  }

  function updateTicks() {
    carryLabel.hidden = !preview.carries && !preview.held;
    heldLabel.hidden = !preview.held;
    held.disabled = !carry.checked;
    const files = counted(preview.held, "file", "files");
    heldText.data = ` also let ${files} go that ${preview.held === 1 ? "stays" : "stay"} only for these`;
  }

  function sentence(number, count) {
    if (number) return `${count}, ${preview.size}:`;
    return every.checked ? "No file can go." : "No file can go from the groups that are reviewed so far.";
  }

  return { dialog, open, update };
}

function counted(number, one, many) {
  return `${number.toLocaleString("en")} ${number === 1 ? one : many}`;
}

/** A heading and a list, which are not there while it is empty. */
function makeList() {
  const heading = element("p", { className: "dupviz-heading" });
  const list = element("ul");
  const place = element("div", { hidden: true }, heading, list);

  function show(text, names, more) {
    const all = more ? [...names, `and ${more.toLocaleString("en")} more`] : names;
    place.hidden = !names.length;
    heading.textContent = text;
    list.replaceChildren(...all.map((textContent) => element("li", { textContent })));
  }

  return { place, show };
}
