// Pairs of a data set that should not be: two pictures and the choices about them in each row.

import { button, clamp, element, jpegAddress } from "../gallery/dom.js";

export function openPairs(connection, parent) {
  let state = connection.state();
  let current = 0; // the row of the page that the keys are about
  const addresses = new Map(); // "image,rotation,mirrored" → picture
  // What Python answers; nothing but a notice, if it refuses.
  const send = (step, values) => connection.ask(step, values).catch((error) => say(error.message));

  const totals = element("div", { className: "dupviz-totals", role: "status" });
  const rest = element("span", { className: "dupviz-buttons" });
  const to = element("input", { type: "text", spellcheck: false, placeholder: "clean.csv" });
  const save = button("Write the cleaned data set as a table", () => send("save", { to: to.value }), {}, "Save CSV");
  const header = element("header", {}, totals, element("div", { className: "dupviz-controls" }, rest));
  const list = element("div", { className: "dupviz-groups" });
  const place = element("span");
  const backwards = button("Previous page (Page Up)", () => turn(-1), {}, "‹");
  const forwards = button("Next page (Page Down)", () => turn(1), {}, "›");
  const notice = element("span", { className: "dupviz-notice", role: "status" });
  const footer = element(
    "footer",
    {},
    element("span", { className: "dupviz-pages" }, backwards, place, forwards),
    notice,
    element("span", { className: "dupviz-next" }, element("label", {}, "File ", to), save),
  );
  const aria = { label: "Review of a data set" };
  const root = element(
    "section",
    { className: "dupviz-review dupviz-split", tabIndex: -1, aria, onkeydown: press },
    header,
    list,
    footer,
  );
  root.addEventListener("focusin", ({ target }) => {
    target.dataset.lmSuppressShortcuts = "true"; // JupyterLab: the keys are ours
  });
  for (const [action, colour] of Object.entries(state.colours)) {
    root.style.setProperty(`--dupviz-${action}`, colour);
  }
  parent.append(root);

  function draw() {
    const hadFocus = list.contains(document.activeElement);
    const old = state;
    state = connection.state();
    if (old.page !== state.page) current = 0;
    current = clamp(current, 0, Math.max(0, state.pairs.length - 1));
    totals.replaceChildren(
      element("span", { className: "dupviz-going", textContent: state.left }),
      element("span", { className: "dupviz-done", textContent: `${state.decided} of ${state.all} pairs decided` }),
    );
    rest.replaceChildren(
      ...state.rest.map(([choice, words]) =>
        button(`${words} (all undecided pairs)`, () => send("choose_rest", { choice }), {}, words),
      ),
    );
    list.replaceChildren(...state.pairs.map(drawPair));
    if (!state.pairs.length) list.append(element("p", { className: "dupviz-empty", textContent: "There are none." }));
    place.textContent = `Page ${state.page + 1} of ${state.pages}`;
    backwards.disabled = state.page === 0;
    forwards.disabled = state.page === state.pages - 1;
    notice.textContent = state.notice;
    const wanted = state.pairs.flatMap(({ files }) => files.map(({ picture }) => picture));
    const missing = wanted.filter((picture) => !addresses.has(String(picture)));
    if (missing.length) showPictures(missing);
    if (hadFocus) focus(current);
  }

  async function showPictures(files) {
    const answer = await send("thumbnails", { files });
    if (!answer) return;
    for (const [i, picture] of files.entries()) {
      const key = String(picture);
      if (!addresses.has(key)) addresses.set(key, jpegAddress(answer.pictures[i]));
      for (const img of list.querySelectorAll(`img[data-key="${key}"]`)) img.src = addresses.get(key);
    }
  }

  function say(text) {
    notice.textContent = text;
  }

  function drawPair({ row, files, choice, choices, mse }, i) {
    const pictures = files.map(({ picture, name, folder, value }) => {
      const img = element("img", { alt: name, draggable: false, dataset: { key: String(picture) } });
      const address = addresses.get(String(picture));
      if (address) img.src = address;
      return element(
        "figure",
        { className: "dupviz-file" },
        element("div", { className: "dupviz-picture" }, img),
        element(
          "figcaption",
          {},
          element("b", { textContent: value }),
          element("span", { textContent: name }),
          element("span", { textContent: folder }),
        ),
      );
    });
    const buttons = choices.map(([name, words], number) =>
      button(`${words} (${number + 1})`, () => choose(i, name), { aria: { pressed: choice === name } }, words),
    );
    const node = element(
      "div",
      {
        className: "dupviz-group",
        role: "group",
        tabIndex: i === current ? 0 : -1,
        dataset: { row, decided: Boolean(choice) },
        aria: { label: `pair ${row + 1}` },
        onfocusin: () => {
          current = i;
        },
      },
      ...pictures,
      element(
        "div",
        { className: "dupviz-choices" },
        element("span", { className: "dupviz-facts", textContent: mse }),
        ...buttons,
      ),
    );
    return node;
  }

  function focus(i) {
    current = clamp(i, 0, state.pairs.length - 1);
    const node = list.children[current];
    for (const each of list.children) each.tabIndex = each === node ? 0 : -1;
    node?.focus({ preventScroll: true });
    node?.scrollIntoView({ block: "nearest" });
  }

  function choose(i, choice) {
    const pair = state.pairs[i];
    if (!pair) return;
    current = i;
    send("choose", { row: pair.row, choice: pair.choice === choice ? "" : choice });
  }

  function turn(steps) {
    const page = state.page + steps;
    if (page >= 0 && page < state.pages) send("page", { page });
  }

  const keys = {
    ArrowUp: () => focus(current - 1),
    ArrowDown: () => focus(current + 1),
    PageUp: () => turn(-1),
    PageDown: () => turn(1),
  };

  function press(event) {
    event.stopPropagation();
    if (event.target.matches("input") || event.ctrlKey || event.metaKey || event.altKey) return;
    const choice = state.pairs[current]?.choices[Number(event.key) - 1];
    const action = choice ? () => choose(current, choice[0]) : keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  const stopListening = connection.listen(draw);
  draw();
  return () => {
    stopListening();
    for (const address of addresses.values()) URL.revokeObjectURL(address);
  };
}
