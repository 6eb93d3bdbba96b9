// The dialog about the folder of a file: what goes for all groups at once.

import { button, element } from "./dom.js";

const CHOICES = [
  ["never_from", "Nothing goes from here", "All files of this folder stay; their copies elsewhere can go."],
  ["keep_from", "Keep from here", "In every group with a file of this folder, that file is the one that stays."],
  ["only_from", "Show only this folder", "The groups that have a file of this folder, until the filter is cleared."],
];

export function makeFolderDialog(send) {
  let image = null;
  const title = element("h3");
  const choices = CHOICES.map(([step, label, what]) =>
    element(
      "button",
      { type: "button", dataset: { step }, onclick: () => choose(step) },
      element("b", { textContent: label }),
      element("span", { textContent: what }),
    ),
  );
  const dialog = element(
    "dialog",
    { className: "dupviz-folder-dialog", aria: { label: "Folder" } },
    title,
    ...choices,
    button("Cancel", () => dialog.close(), {}, "Cancel"),
  );

  function open(file) {
    image = file.image;
    title.textContent = `Folder ${file.folder_name}`;
    dialog.showModal();
  }

  function choose(step) {
    dialog.close();
    send(step, { image });
  }

  return { dialog, open };
}
