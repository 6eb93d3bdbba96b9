// The row that searches: by name, folder, format and day; and what has been said of folders.

import { button, element } from "./dom.js";

const SEARCH_MS = 250; // after a key, before the search

export function makeNarrow(send) {
  let waiting = 0;
  const fields = {
    text: element("input", { type: "search", placeholder: "part of a name or path", spellcheck: false, oninput: wait }),
    folder: element("select", { onchange: search }),
    format: element("select", { onchange: search }),
    since: element("input", { type: "date", onchange: search }),
    until: element("input", { type: "date", onchange: search }),
  };
  const labels = { text: "Name", folder: "Folder", format: "Format", since: "From", until: "To" };
  const found = element("span", { role: "status" });
  const all = button("Clear the search", clear, {}, "Clear");
  const row = element(
    "div",
    { className: "dupviz-controls dupviz-narrow", role: "search", hidden: true },
    ...Object.entries(fields).map(([name, field]) => element("label", {}, labels[name], field)),
    all,
    found,
  );
  const toggle = button("Search by name, folder, format or day (/)", () => show(row.hidden), {}, "Filter");
  const rules = element("div", { className: "dupviz-rules" });

  function show(isShown) {
    row.hidden = !isShown;
    toggle.setAttribute("aria-expanded", isShown);
    if (isShown) fields.text.focus();
  }

  function wait() {
    clearTimeout(waiting);
    waiting = setTimeout(search, SEARCH_MS);
  }

  function search() {
    clearTimeout(waiting);
    send("narrow", Object.fromEntries(Object.entries(fields).map(([name, { value }]) => [name, value])));
  }

  function clear() {
    for (const field of Object.values(fields)) field.value = "";
    search();
    fields.text.focus();
  }

  function update(state) {
    offer(fields.folder, [["", "all"], ...state.folders], state.narrow.folder);
    offer(fields.format, [["", "all"], ...state.formats], state.narrow.format);
    const isTyping = document.activeElement === fields.text;
    for (const name of ["text", "since", "until"]) if (!isTyping) fields[name].value = state.narrow[name];
    const count = Object.values(state.narrow).filter(Boolean).length;
    toggle.textContent = count ? `Filter · ${count}` : "Filter";
    toggle.setAttribute("aria-expanded", !row.hidden);
    toggle.setAttribute("aria-pressed", count > 0);
    all.disabled = !count;
    found.textContent = count ? `${state.found.toLocaleString("en")} ${state.found === 1 ? "group" : "groups"}` : "";
    rules.hidden = !state.folder_rules.length;
    rules.replaceChildren(
      ...state.folder_rules.map(({ rule, number, words }) =>
        button(`Take back: ${words}`, () => send("forget_folder", { rule, number }), {}, `${words} ✕`),
      ),
    );
  }

  return { row, rules, toggle, open: () => show(true), update };
}

// Fill a menu, if there is something new to choose from.
export function offer(menu, choices, chosen) {
  const text = JSON.stringify(choices);
  if (menu.text !== text) {
    menu.text = text;
    menu.replaceChildren(...choices.map(([value, textContent]) => element("option", { value, textContent })));
  }
  menu.value = chosen;
}
