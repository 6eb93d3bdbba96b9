// In the place of groups: the row of many that nobody wants to be asked about one by one; or why there are none.

import { button, element, icon } from "./dom.js";

// The old one, if it says the same: so that a button in it keeps the focus.
export function makeFold(fold, old, send) {
  const text = JSON.stringify(fold);
  if (old?.text === text) return old;
  const show = button(`Show ${fold.words}`, () => send("set_filter", { filter: fold.name }), {}, "Show");
  const label = `${fold.words}: all files stay, mark the groups as reviewed`;
  const accept = button(
    label,
    () => send("accept_folded", { name: fold.name }),
    { disabled: fold.reviewed },
    icon("keep"),
    fold.reviewed ? "Reviewed" : "All stay",
  );
  const words = element("b", { textContent: fold.words });
  const files = element("span", { textContent: `${fold.files} to review` });
  const node = element(
    "div",
    { className: "dupviz-fold", role: "group", dataset: { name: fold.name }, aria: { label: fold.words } },
    element("p", {}, words, files),
    element("span", { className: "dupviz-buttons" }, show, accept),
  );
  return Object.assign(node, { text });
}

// What stands in the place of groups where there are none.
export function whyEmpty({ filter, narrow, reviewed, all }) {
  if (filter === "open" && reviewed === all) return "All groups are reviewed.";
  const isAll = filter === "all" && !Object.values(narrow).some(Boolean);
  return isAll ? "There are no duplicates below this MSE." : "There are no such groups.";
}
