// What is around the groups: counts and controls above, pages below.

import { button, element, icon } from "./dom.js";
import { makeNarrow, offer } from "./narrow.js";

const written = (number) => number.toLocaleString("en");

export function makeFrame({ send, turnPage, acceptPage, showHelp, openMover }) {
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
  const redo = button("Redo (R)", () => send("redo"), {}, icon("redo"));
  const label = "Mark all groups as reviewed in which everything is the same picture";
  const acceptSame = button(label, () => send("accept_same"), {}, "Accept all");
  const page = "Mark the groups of this page that you have seen as reviewed (Shift A)";
  const accept = button(page, acceptPage, { className: "dupviz-main" }, "Accept page");
  const buttons = [undo, redo, button("Keys (?)", showHelp, {}, "?"), acceptSame, accept];
  const header = element(
    "header",
    {},
    element("div", { className: "dupviz-counts" }, totals, bar),
    element(
      "div",
      { className: "dupviz-controls" },
      element("label", {}, "Show", filter),
      narrow.toggle,
      element("label", {}, "Order", order),
      element("label", {}, "Keep", rule),
      element("label", {}, "MSE below", threshold),
      element("span", { className: "dupviz-buttons" }, ...buttons),
    ),
    narrow.row,
    narrow.rules,
  );

  const place = element("span", { aria: { live: "polite" } });
  const backwards = button("Previous page (Page Up)", () => turnPage(-1), {}, "‹");
  const forwards = button("Next page (Page Down)", () => turnPage(1), {}, "›");
  const notice = element("span", { className: "dupviz-notice", role: "status" });
  const moved = element("span");
  const mover = button("Move what can go to another folder", openMover, {}, "Move…");
  const back = button("Move them back", () => send("move_back"), {}, "Move back");
  const footer = element(
    "footer",
    {},
    element("span", { className: "dupviz-pages" }, backwards, place, forwards),
    notice,
    element("span", { className: "dupviz-next" }, moved, back, mover),
  );

  function count(className, text, name) {
    return element("span", { className }, ...(name ? [icon(name)] : []), text);
  }

  function update(state) {
    totals.replaceChildren(
      count("dupviz-going", `${state.go} can go, ${state.freed}`, "remove"),
      ...(state.review ? [count("dupviz-open", `${state.review} to review`, "review")] : []),
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
    accept.disabled = !state.groups.some((group) => group.files.length && !group.reviewed);
    place.textContent = `Page ${written(state.page + 1)} of ${written(state.pages)}`;
    backwards.disabled = state.page === 0;
    forwards.disabled = state.page === state.pages - 1;
    acceptSame.hidden = !state.same;
    acceptSame.textContent = `Accept all ${written(state.same)} that are the same`;
    notice.textContent = state.busy || state.notice;
    moved.textContent = state.moved ? `${written(state.moved)} moved` : "No file has moved.";
    moved.title = state.moved_to;
    back.hidden = !state.moved_to;
    back.disabled = mover.disabled = Boolean(state.busy);
  }

  function say(text) {
    notice.textContent = text;
  }

  return { header, footer, update, say, search: narrow.open };
}
