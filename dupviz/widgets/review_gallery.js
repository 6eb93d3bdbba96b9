// Shows the page of groups that Python describes, and tells Python what is decided. File names are set as text only.

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  keep: "M3 8.5l3.5 3.5L13 4.5",
  remove: "M4 4l8 8M12 4l-8 8",
  review: "M5.5 6a2.5 2.5 0 1 1 3.4 2.3c-.6.3-.9.7-.9 1.4M8 12.4v.1",
  make_keeper: "M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z",
  mark_different: "M3 6h10M3 10h10M11 2L5 14",
  compare: "M2 3h5v10H2zM9 3h5v10H9z",
  undo: "M3 6h6.5a3.5 3.5 0 0 1 0 7H6M3 6l3-3M3 6l3 3",
  redo: "M13 6H6.5a3.5 3.5 0 0 0 0 7H10M13 6l-3-3M13 6l-3 3",
};
const KEYS = [
  ["← →", "previous, next file"],
  ["↑ ↓", "previous, next group"],
  ["Space", "keep it, or let it go"],
  ["K", "keep this one in the place of the one that stays"],
  ["D", "not a duplicate: never offer this pair again"],
  ["Enter", "compare with the one that stays"],
  ["A", "this group is right: mark it as reviewed, go to the next"],
  ["Shift A", "the whole page is right"],
  ["U, Ctrl Z", "undo"],
  ["R, Ctrl Shift Z", "redo"],
  ["Page ↑ ↓", "previous, next page"],
  ["Home, End", "first, last file of the page"],
  ["?", "this help"],
];
const COMPARE_KEYS = [
  ["1 2 3", "side by side, flicker, difference (black where they are equal, four times as bright where not)"],
  ["F", "the other one, in flicker"],
  ["+ −", "zoom; the arrow keys move"],
  ["T", "as it is stored, not turned"],
  ["← →", "previous, next file"],
  ["Space K D U", "decide, as in the gallery"],
  ["Esc", "back"],
];
const MODES = ["Side by side", "Flicker", "Difference"];
const BATCH = 6; // thumbnails per message: a decision waits for no more than these
const REMEMBERED = 600; // thumbnails, 20 kB each

function element(tag, properties = {}, ...children) {
  const { dataset = {}, aria = {}, ...others } = properties;
  const node = Object.assign(document.createElement(tag), others);
  Object.assign(node.dataset, dataset);
  for (const [name, value] of Object.entries(aria)) node.setAttribute(`aria-${name}`, value);
  node.append(...children);
  return node;
}

function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const path = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

const button = (label, onclick, properties = {}, ...children) =>
  element("button", { type: "button", title: label, onclick, ...properties, aria: { label, ...properties.aria } }, ...children);

const keyTable = (keys) =>
  element("dl", {}, ...keys.flatMap(([key, what]) => [element("dt", {}, element("kbd", { textContent: key })), element("dd", { textContent: what })]));

function render({ model, el }) {
  const send = (step, values = {}) => model.send({ do: step, ...values });
  let state = model.get("state");
  let cards = new Map(); // image → card, of this page
  let current = null; // the image that the keys are about

  // What the keys do in the groups as well as in the comparison.
  const decide = {
    " ": () => send("toggle", { image: current }),
    k: () => send("make_keeper", { image: current }),
    d: () => send("mark_different", { image: current }),
    u: () => send("undo"),
    r: () => send("redo"),
  };

  // The frame: counts and controls above, groups in the middle, pages below.

  const totals = element("div", { className: "dupviz-totals" });
  const bar = element("div", { className: "dupviz-progress", role: "progressbar", aria: { label: "groups reviewed", valuemin: 0 } }, element("div"));
  const rule = element("select", { onchange: () => send("regroup", { keep: rule.value }) });
  let isTyping = false; // a number, which an answer to the last one must not replace
  const threshold = element("input", { type: "number", min: 0, step: 10, oninput: () => { isTyping = true; }, onchange: regroup });
  const undo = button("Undo (U)", () => send("undo"), {}, icon("undo"));
  const redo = button("Redo (R)", () => send("redo"), {}, icon("redo"));
  const accept = button("Mark all groups of this page as reviewed (Shift A)", acceptPage, { className: "dupviz-main" }, "Accept page");
  const header = element("header", {},
    element("div", { className: "dupviz-counts" }, totals, bar),
    element("div", { className: "dupviz-controls" },
      element("label", {}, "Keep", rule), element("label", {}, "MSE below", threshold),
      element("span", { className: "dupviz-buttons" }, undo, redo, button("Keys (?)", () => help.showModal(), {}, "?"), accept)));
  const list = element("div", { className: "dupviz-groups" });
  const place = element("span", { aria: { live: "polite" } });
  const back = button("Previous page (Page Up)", () => turnPage(-1), {}, "‹");
  const forth = button("Next page (Page Down)", () => turnPage(1), {}, "›");
  const notice = element("span", { className: "dupviz-notice", role: "status" });
  const footer = element("footer", {}, element("span", { className: "dupviz-pages" }, back, place, forth), notice,
    element("span", { className: "dupviz-next" }, "No file has moved. What would: ", element("code", { textContent: "gallery.plan()" })));
  const help = element("dialog", { className: "dupviz-help", onclick: (event) => event.target === help && help.close() },
    element("div", {}, element("h3", { textContent: "Keys" }), keyTable(KEYS), element("h3", { textContent: "While comparing" }), keyTable(COMPARE_KEYS),
      button("Close", () => help.close(), { className: "dupviz-main" }, "Close")));
  help.setAttribute("aria-label", "Keys");
  const comparison = makeComparison();
  const root = element("section", { className: "dupviz-review", aria: { label: "Review of duplicates" } }, header, list, footer, help, comparison.dialog);
  root.dataset.lmSuppressShortcuts = "true"; // JupyterLab: the keys are ours
  el.append(root);

  // Thumbnails: asked for as they come into view, a few at a time.

  const pictures = new Map(); // "image,rotation,mirrored" → address
  const queue = new Map();
  let asking = false;
  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const { key, wanted } = target;
      if (isIntersecting && !pictures.has(key)) queue.set(key, wanted);
      else if (!isIntersecting) queue.delete(key);
    }
    ask();
  }, { root: list, rootMargin: "300px" });

  function ask() {
    if (asking || !queue.size) return;
    asking = true;
    const files = [...queue.values()].slice(0, BATCH);
    files.forEach((file) => queue.delete(String(file)));
    model.send({ do: "thumbnails", files });
  }

  function receive(message, buffers) {
    if (message.compare) return comparison.receive(message, buffers);
    message.thumbnails.forEach((file, i) => {
      const key = String(file);
      if (!pictures.has(key)) pictures.set(key, URL.createObjectURL(new Blob([buffers[i]], { type: "image/jpeg" })));
      const card = cards.get(file[0]);
      if (card?.picture.key === key) card.image.src = pictures.get(key);
    });
    const shown = new Set([...cards.values()].map((card) => card.picture.key));
    for (const key of pictures.keys()) {
      if (pictures.size <= REMEMBERED) break;
      if (shown.has(key)) continue;
      URL.revokeObjectURL(pictures.get(key));
      pictures.delete(key);
    }
    asking = false;
    ask();
  }

  // A file: its picture, which is the button that decides, with its name and facts below.

  function makeCard(image) {
    const img = element("img", { draggable: false });
    const mark = element("span", { className: "dupviz-mark" });
    const picture = element("button", { type: "button", className: "dupviz-picture", tabIndex: -1, onclick: () => send("toggle", { image }), onfocus: () => select(image) }, img, mark);
    const tool = (step, label, key) => button(`${label} (${key})`, () => act(step, image), { tabIndex: -1, dataset: { step } }, icon(step));
    const tools = element("div", { className: "dupviz-tools" },
      tool("make_keeper", "Keep this one instead", "K"), tool("mark_different", "Not a duplicate", "D"), tool("compare", "Compare", "Enter"));
    const [name, folder, facts, match] = ["dupviz-name", "dupviz-folder", "dupviz-facts", "dupviz-facts"].map((className) => element("div", { className }));
    const node = element("div", { className: "dupviz-file", dataset: { image } }, picture, tools, name, folder, facts, match);

    let shown = "";
    function update(file, group) {
      const text = JSON.stringify([file, group]);
      if (text === shown) return;
      shown = text;
      node.dataset.action = file.action;
      node.dataset.first = file.first;
      mark.replaceChildren(icon(file.action), state.words[file.action]);
      const path = [file.folder, file.name].filter(Boolean).join("/");
      for (const [line, text] of [[name, file.name], [folder, file.folder]]) Object.assign(line, { textContent: text, title: path });
      facts.textContent = `${file.pixels} · ${file.size}`;
      facts.title = match.title = `${file.pixels} · ${file.size} · ${file.kind}`;
      const missing = { gone: "no longer there", changed: "changed since it was read" }[file.state];
      match.replaceChildren(...[missing, file.kind, file.mse, file.turn && `↻ shown ${file.turn}`].filter(Boolean)
        .map((text, i) => element("span", { textContent: text, className: i === 0 && missing ? "dupviz-missing" : "" })));
      img.alt = path;
      picture.setAttribute("aria-pressed", file.action === "remove");
      picture.setAttribute("aria-label", [path, state.words[file.action], file.first && "stays for its group", `group ${group}`, file.pixels, file.size, file.kind, file.mse, file.turn, missing].filter(Boolean).join(", "));
      picture.title = file.first ? "Stays for the others" : "Keep it, or let it go (Space)";
      tools.children[0].hidden = tools.children[1].hidden = file.first;
      const [width, height] = file.shape;
      img.width = width; img.height = height; // only their ratio counts
      picture.wanted = [file.image, file.rotation, file.mirrored];
      const key = String(picture.wanted);
      if (picture.key === key) return;
      picture.key = key;
      if (pictures.has(key)) img.src = pictures.get(key);
      else img.removeAttribute("src");
      observer.unobserve(picture); // observing again reports at once whether it is in view
      observer.observe(picture);
    }
    return { node, picture, image: img, update };
  }

  function makeGroup(group, number, old) {
    const files = group.files.map((file) => {
      if (!cards.has(file.image)) cards.set(file.image, makeCard(file.image));
      const card = cards.get(file.image);
      card.update(file, number);
      return card.node;
    });
    const text = JSON.stringify([group.files.map((file) => file.image), group.more, group.reviewed, number]);
    if (old?.text === text) return old;
    if (group.more) files.push(button(`Show ${group.more} more files`, () => send("expand", { group: group.name }), { className: "dupviz-more" }, `${group.more} more`));
    if (!files.length) files.push(element("p", { textContent: "No duplicates are left in this group." }));
    const done = button(group.reviewed ? "Reviewed" : "This group is right (A)", () => acceptGroup(group.name), { className: "dupviz-accept", tabIndex: -1, hidden: !group.files.length, disabled: group.reviewed, aria: { pressed: group.reviewed } }, icon("keep"));
    const node = element("div", { className: "dupviz-group", role: "group", dataset: { name: group.name, reviewed: group.reviewed }, aria: { label: `group ${number}` } },
      element("div", { className: "dupviz-number" }, String(number), done), element("div", { className: "dupviz-files" }, ...files));
    return Object.assign(node, { text });
  }

  function draw() {
    const old = state, focused = root.contains(document.activeElement) && list.contains(document.activeElement);
    const place_of_current = order().indexOf(current);
    state = model.get("state");
    const samePage = old.page === state.page && old.pages === state.pages;
    for (const [action, colour] of Object.entries(state.colours)) root.style.setProperty(`--dupviz-${action}`, colour);
    totals.replaceChildren(
      element("span", { className: "dupviz-going" }, icon("remove"), `${state.go} can go, ${state.freed}`),
      ...(state.review ? [element("span", { className: "dupviz-open" }, icon("review"), `${state.review} to review`)] : []),
      element("span", { className: "dupviz-done", textContent: `${state.reviewed.toLocaleString("en")} of ${state.all.toLocaleString("en")} groups reviewed` }));
    bar.firstChild.style.width = `${state.all ? (100 * state.reviewed) / state.all : 0}%`;
    bar.setAttribute("aria-valuenow", state.reviewed);
    bar.setAttribute("aria-valuemax", state.all);
    if (rule.options.length !== state.rules.length) rule.replaceChildren(...state.rules.map(([value, textContent]) => element("option", { value, textContent })));
    rule.value = state.rule;
    if (!isTyping) threshold.value = state.threshold;
    threshold.max = state.max_mse;
    undo.disabled = !state.can_undo;
    redo.disabled = !state.can_redo;
    accept.disabled = !state.groups.some((group) => group.files.length && !group.reviewed);
    place.textContent = `Page ${(state.page + 1).toLocaleString("en")} of ${state.pages.toLocaleString("en")}`;
    back.disabled = state.page === 0;
    forth.disabled = state.page === state.pages - 1;
    notice.textContent = state.notice;

    const images = new Set(state.groups.flatMap((group) => group.files.map((file) => file.image)));
    for (const [image, card] of cards) {
      if (images.has(image)) continue;
      observer.unobserve(card.picture);
      cards.delete(image);
    }
    const groups = new Map([...list.children].map((node) => [node.dataset.name, node]));
    const nodes = state.groups.map((group, i) => makeGroup(group, state.first + i, groups.get(String(group.name))));
    if (nodes.length !== list.children.length || nodes.some((node, i) => node !== list.children[i])) {
      const top = list.scrollTop;
      list.replaceChildren(...nodes);
      list.scrollTop = samePage ? top : 0;
    }
    if (!nodes.length) list.replaceChildren(element("p", { className: "dupviz-empty", textContent: "There are no duplicates below this MSE." }));
    if (!images.has(current)) select(order()[samePage ? Math.min(Math.max(place_of_current, 0), images.size - 1) : 0] ?? null);
    else select(current);
    if (focused && !comparison.dialog.open) focus(current);
    comparison.update();
  }

  // The keys are about one file at a time.

  const order = () => state.groups.flatMap((group) => group.files.map((file) => file.image));
  const groupOf = (image) => state.groups.find((group) => group.files.some((file) => file.image === image));
  const fileOf = (image) => groupOf(image)?.files.find((file) => file.image === image);

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
    const images = order(), at = images.indexOf(current) + steps;
    focus(images[Math.min(Math.max(at, 0), images.length - 1)]);
  }

  function moveGroup(steps) {
    const groups = state.groups.filter((group) => group.files.length);
    const group = groupOf(current), column = group?.files.findIndex((file) => file.image === current);
    const next = groups[groups.indexOf(group) + steps];
    if (next) focus(next.files[Math.min(column, next.files.length - 1)].image);
  }

  const turnPage = (steps) => {
    const page = state.page + steps;
    if (page >= 0 && page < state.pages) send("page", { page });
  };

  function regroup() {
    isTyping = false;
    if (threshold.value) send("regroup", { threshold: threshold.valueAsNumber });
    else threshold.value = state.threshold;
  }

  function acceptPage() {
    send("accept_page");
    cards.get(current)?.picture.focus({ preventScroll: true });
  }

  function acceptGroup(name) {
    if (!groupOf(current) || groupOf(current).name !== name) return send("accept", { groups: [name] });
    send("accept", { groups: [name] });
    moveGroup(1);
  }

  function act(step, image) {
    if (step === "compare") comparison.open(image);
    else send(step, { image });
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
    "?": () => help.showModal(),
  };

  root.addEventListener("keydown", (event) => {
    event.stopPropagation();
    if (help.open || event.target.matches("select, input")) return;
    let { key } = event;
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() !== "z") return;
      key = event.shiftKey ? "r" : "u";
    } else if (event.altKey) return;
    // Space and Enter on a button other than a picture are the button's own.
    if ((key === " " || key === "Enter") && event.target.matches("button:not(.dupviz-picture)")) return;
    const action = (comparison.dialog.open ? comparison.keys : keys)[key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // Two files at full resolution.

  function makeComparison() {
    let image = null, mode = 0, asStored = false, zoom = 1, centre = [0.5, 0.5], asked = "", flicker = null;
    const modes = MODES.map((name, i) => button(`${name} (${i + 1})`, () => setMode(i), {}, name));
    const stored = button("As it is stored (T)", () => setStored(!asStored), {}, "As stored");
    const closer = button("Zoom in (+)", () => setZoom(zoom * 2), {}, "+");
    const farther = button("Zoom out (−)", () => setZoom(zoom / 2), {}, "−");
    const scale = element("span", { className: "dupviz-scale" });
    const sides = [0, 1].map((side) => {
      const img = element("img", { draggable: false }), caption = element("figcaption"), problem = element("p", { hidden: true });
      img.addEventListener("click", (event) => zoomAt(event));
      return { figure: element("figure", { dataset: { side } }, caption, element("div", { className: "dupviz-frame" }, img, problem)), img, caption, problem };
    });
    const stage = element("div", { className: "dupviz-stage" }, ...sides.map(({ figure }) => figure));
    const legend = element("span", { className: "dupviz-note", textContent: "Black where they are equal; differences are four times as bright." });
    const toggle = button("Keep it, or let it go (Space)", () => decide[" "](), {});
    const dialog = element("dialog", { className: "dupviz-compare", aria: { label: "Compare two files" }, onclose: closed },
      element("div", { className: "dupviz-bar" }, element("span", { className: "dupviz-modes", role: "group" }, ...modes), stored,
        element("span", { className: "dupviz-zoom" }, farther, scale, closer), toggle,
        button("Not a duplicate (D)", () => decide.d(), {}, "Not a duplicate"),
        button("Back (Esc)", () => dialog.close(), { className: "dupviz-main" }, "Back")),
      legend, stage);

    const others = () => groupOf(image).files.filter((file) => !file.first);
    const box = () => {
      const half = 0.5 / zoom;
      const [x, y] = centre.map((at) => Math.min(Math.max(at, half), 1 - half));
      return [x - half, y - half, x + half, y + half];
    };

    function open(wanted) {
      const group = groupOf(wanted);
      if (!group) return;
      image = fileOf(wanted).first ? group.files[1].image : wanted;
      [zoom, centre, asked] = [1, [0.5, 0.5], ""];
      if (!dialog.open) dialog.showModal();
      dialog.focus();
      setMode(mode);
    }

    function closed() {
      clearInterval(flicker);
      if (cards.has(image)) select(image);
      focus(current);
    }

    function update() {
      if (!dialog.open) return;
      const file = fileOf(image);
      if (!file || file.first) return dialog.close();
      current = image;
      const keeper = groupOf(image).files[0];
      modes.forEach((each, i) => each.setAttribute("aria-pressed", i === mode));
      dialog.dataset.mode = mode;
      stored.hidden = !file.turn;
      stored.setAttribute("aria-pressed", asStored);
      scale.textContent = `${zoom}×`;
      toggle.replaceChildren(file.action === "remove" ? "Keep it" : "Let it go");
      farther.disabled = zoom === 1;
      closer.disabled = zoom === 16;
      [keeper, file].forEach((each, side) => {
        const { caption, img, figure } = sides[side];
        const turned = each.turn && (asStored ? "as it is stored" : `shown ${each.turn}`);
        figure.dataset.action = each.action;
        caption.replaceChildren(element("span", { className: "dupviz-mark" }, icon(each.action), state.words[each.action]), element("b", { textContent: [each.folder, each.name].filter(Boolean).join("/") }),
          element("span", { textContent: [each.pixels, each.size, each.kind, each.mse, turned].filter(Boolean).join(" · ") }));
        img.alt = each.name;
        const shape = mode && side ? keeper.shape : asStored && each.rotation % 180 ? [...each.shape].reverse() : each.shape;
        figure.style.setProperty("--ratio", shape[0] / shape[1]);
      });
      const turn = asStored ? [0, false] : [file.rotation, file.mirrored];
      const request = { files: [[keeper.image, 0, false], [image, ...turn]], side: Math.ceil(Math.max(screen.width, screen.height) * devicePixelRatio), box: box() };
      if (asked === JSON.stringify(request)) return;
      asked = JSON.stringify(request);
      dialog.setAttribute("aria-busy", true);
      send("compare", request);
    }

    function receive({ compare, reasons }, buffers) {
      const { do: _, ...request } = compare;
      if (!dialog.open || JSON.stringify(request) !== asked) return;
      dialog.setAttribute("aria-busy", false);
      sides.forEach(({ img, problem }, i) => {
        URL.revokeObjectURL(img.src);
        img.hidden = Boolean(reasons[i]);
        problem.hidden = !reasons[i];
        problem.textContent = reasons[i];
        if (!reasons[i]) img.src = URL.createObjectURL(new Blob([buffers[i]], { type: "image/jpeg" }));
      });
    }

    function setMode(next) {
      mode = next;
      clearInterval(flicker);
      stage.dataset.top = 1;
      if (mode === 1 && !matchMedia("(prefers-reduced-motion: reduce)").matches) flicker = setInterval(flip, 700);
      update();
    }

    const flip = () => { stage.dataset.top = 1 - stage.dataset.top; };
    const setStored = (next) => { asStored = next; update(); };
    const setZoom = (next) => { zoom = Math.min(Math.max(next, 1), 16); update(); };
    function zoomAt(event) {
      const { left, top, width, height } = event.target.getBoundingClientRect(), [x0, y0, x1, y1] = box();
      centre = [x0 + ((event.clientX - left) / width) * (x1 - x0), y0 + ((event.clientY - top) / height) * (y1 - y0)];
      setZoom(zoom * 2);
    }
    function step(x, y) {
      if (zoom > 1) {
        const [x0, y0, x1, y1] = box();
        centre = [(x0 + x1) / 2 + (0.25 * x) / zoom, (y0 + y1) / 2 + (0.25 * y) / zoom];
        return update();
      }
      const files = others(), next = files[files.findIndex((file) => file.image === image) + x];
      if (x && next) open(next.image);
    }
    const comparisonKeys = {
      ...decide,
      1: () => setMode(0), 2: () => setMode(1), 3: () => setMode(2),
      f: () => { if (mode !== 1) setMode(1); clearInterval(flicker); flip(); },
      t: () => setStored(!asStored),
      "+": () => setZoom(zoom * 2), "=": () => setZoom(zoom * 2), "-": () => setZoom(zoom / 2),
      ArrowLeft: () => step(-1, 0), ArrowRight: () => step(1, 0), ArrowUp: () => step(0, -1), ArrowDown: () => step(0, 1),
      "?": () => help.showModal(),
    };
    return { dialog, open, update, receive, keys: comparisonKeys };
  }

  model.on("change:state", draw);
  model.on("msg:custom", receive);
  draw();
  return () => {
    observer.disconnect();
    model.off("change:state", draw);
    model.off("msg:custom", receive);
    pictures.forEach((address) => URL.revokeObjectURL(address));
  };
}

export default { render };
