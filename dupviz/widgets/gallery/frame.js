// What is around the groups: counts and controls above, pages below.

import { button, element, icon } from "./dom.js";
import { makeNarrow, offer } from "./narrow.js";

const written = (number) => number.toLocaleString("en");

export function makeFrame({ send, turnPage, acceptPage, showHelp, openMover, begin }) {
  const totals = element("div", { className: "dupviz-totals" });
  const aria = { label: "groups reviewed", valuemin: 0 };
  const bar = element("div", { className: "dupviz-progress", role: "progressbar", aria }, element("div"));

  const rule = element("select", { onchange: () => send("set_keep_rule", { rule: rule.value }) });
  let isTyping = false; // a number, which an answer to the last one must not replace
  let last = 0;
  const threshold = element("input", {
    type: "number",
    min: 0,
    step: 10,
    oninput: () => {
      isTyping = true;
    },
    onchange: () => {
      isTyping = false;
      if (threshold.value) send("set_threshold", { threshold: threshold.valueAsNumber });
      else threshold.value = last;
    },
  });
  const filter = element("select", { onchange: () => send("set_filter", { filter: filter.value }) });
  const order = element("select", { onchange: () => send("set_order", { order: order.value }) });
  const narrow = makeNarrow(send);
  const undo = button("Undo (U)", () => send("undo"), {}, icon("undo"));
  const redo = button("Redo (R)", () => send("redo"), { className: "dupviz-wide" }, icon("redo"));
  const label = "Mark as reviewed all groups in which every file shows the same picture";
  const acceptSame = button(label, () => send("accept_same"), { className: "dupviz-wide" }, "Accept all");
  const page = "Mark the groups of this page that you have seen as reviewed (Shift A)";
  const accept = button(page, acceptPage, {}, "Accept page");
  const sheet = button("Many groups on a page, small (V)", turnView, {}, "Sheet");
  const one = button(
    "One pair after the other, over the whole window (O)",
    begin,
    { className: "dupviz-main" },
    "One by one",
  );
  const keys = button("Keys (?)", showHelp, { className: "dupviz-wide" }, "?");
  const controls = element(
    "div",
    { className: "dupviz-controls dupviz-choices" },
    element("label", {}, "Show", filter),
    narrow.toggle,
    element("label", {}, "Order", order),
    element("label", {}, "Keep", rule),
    element("label", {}, "MSE below", threshold),
  );
  const more = button("What is shown, and by which rules", () => showMore(), { className: "dupviz-choose" }, "Choose");
  const header = element(
    "header",
    {},
    element(
      "div",
      { className: "dupviz-top" },
      totals,
      element("span", { className: "dupviz-buttons" }, more, undo, redo, keys, acceptSame, accept, sheet, one),
    ),
    bar,
    controls,
    narrow.row,
    narrow.rules,
  );

  const place = element("span", { aria: { live: "polite" } });
  const backwards = button("Previous page (Page Up)", () => turnPage(-1), {}, "‹");
  const forwards = button("Next page (Page Down)", () => turnPage(1), {}, "›");
  const goTo = element("input", {
    type: "search",
    placeholder: "page or name",
    title: "Go to a page, or to the first group with this in a name (G)",
    aria: { label: "Go to a page or a name" },
    onchange: jump,
  });
  const notice = element("span", { className: "dupviz-notice", role: "status" });
  let shown; // which of Python's notices: shown again, it would take away what was said here since
  const moved = element("span");
  const mover = button("Move what can go to another folder", openMover, {}, "Move…");
  const back = button("Move them back", () => send("move_back"), {}, "Move back");
  const footer = element(
    "footer",
    {},
    element("span", { className: "dupviz-pages" }, backwards, place, forwards, goTo),
    notice,
    element("span", { className: "dupviz-next" }, moved, back, mover),
  );

  function jump() {
    const text = goTo.value.trim();
    goTo.value = "";
    if (/^\d+$/.test(text)) send("page", { page: Number(text) - 1 });
    else if (text) send("jump", { text });
  }

  function turnView() {
    send("set_view", { view: sheet.getAttribute("aria-pressed") === "true" ? "rows" : "sheet" });
  }

  // On a narrow screen, what is chosen once is behind a button.
  function showMore() {
    const isOpen = header.classList.toggle("dupviz-open-choices");
    more.setAttribute("aria-expanded", isOpen);
  }

  function count(className, text, name) {
    return element("span", { className }, ...(name ? [icon(name)] : []), text);
  }

  function update(state, leftOut) {
    const going = state.going ? "dupviz-going" : "dupviz-going dupviz-none";
    totals.replaceChildren(
      count(going, `${state.go} can go, ${state.freed}`, state.going ? "remove" : "keep"),
      ...(state.review ? [count("dupviz-open", `${written(state.review)} to review`, "review")] : []),
      count("dupviz-done", `${written(state.reviewed)} of ${written(state.all)} groups reviewed`),
    );
    bar.firstChild.style.width = `${state.all ? (100 * state.reviewed) / state.all : 0}%`;
    bar.setAttribute("aria-valuenow", state.reviewed);
    bar.setAttribute("aria-valuemax", state.all);
    offer(rule, state.rules, state.rule);
    offer(filter, state.filters, state.filter);
    offer(order, state.orders, state.order);
    narrow.update(state);
    last = state.threshold;
    if (!isTyping) threshold.value = last;
    threshold.max = state.max_mse;
    undo.disabled = !state.can_undo;
    redo.disabled = !state.can_redo;
    accept.textContent = leftOut ? `Accept all but ${leftOut}` : "Accept page";
    sheet.setAttribute("aria-pressed", state.view === "sheet");
    one.disabled = state.reviewed === state.all;
    accept.disabled = !state.groups.some((group) => group.files.length && !group.reviewed);
    place.textContent = `Page ${written(state.page + 1)} of ${written(state.pages)}`;
    goTo.hidden = state.pages === 1;
    backwards.disabled = state.page === 0;
    forwards.disabled = state.page === state.pages - 1;
    acceptSame.hidden = !state.same;
    acceptSame.textContent = `Accept all ${written(state.same)} that are the same`;
    showNotice(state);
    moved.classList.toggle("dupviz-wide", !state.moved);
    moved.textContent = state.moved ? `${written(state.moved)} moved` : "No file has moved.";
    moved.title = state.moved_to;
    back.hidden = !state.moved_to;
    back.disabled = mover.disabled = Boolean(state.busy);
  }

  function showNotice({ busy, notice: text, number }) {
    const newest = `${number} ${busy}`;
    if (newest !== shown) say(busy || text);
    shown = newest;
  }

  function say(text) {
    notice.textContent = text;
  }

  return { header, footer, update, say, search: narrow.open, jump: () => goTo.focus() };
}
