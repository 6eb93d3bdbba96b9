// The keys are about one file at a time: which one that is, and which comes next.

import { clamp } from "./dom.js";
import { neediest } from "./walk.js";

// `page` is what this needs of the gallery: state(), list, cards.
export function makeCursor({ state, list, cards }) {
  let current = null; // the image that the keys are about
  let last = -1; // the place of the one before it, if there is none

  const isSheet = () => state().view === "sheet";

  // The images that the keys go to: of a group on the sheet, the one beside the file that stays.
  function order() {
    if (isSheet()) return state().groups.flatMap((group) => neediest(group)?.image ?? []);
    return state().groups.flatMap((group) => group.files.map((file) => file.image));
  }

  function groupOf(image) {
    return state().groups.find((group) => group.files.some((file) => file.image === image));
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

  // After what is shown has changed: a file that has left its group leaves the keys about none, until an arrow key.
  function settle(at, isSamePage) {
    const images = order();
    if (!images.includes(current)) select(isSamePage && current !== null ? null : (images[0] ?? null));
    else select(current);
    if (current === null) last = isSamePage ? at : -1;
  }

  function move(steps) {
    const images = order();
    const from = current === null ? last - (steps > 0) : images.indexOf(current);
    if (images.length) focus(images[clamp(from + steps, 0, images.length - 1)]);
  }

  // How many tiles stand beside each other on the sheet.
  function columns() {
    const tops = [...list.querySelectorAll(".dupviz-tile")].map((tile) => tile.offsetTop);
    return tops.filter((top) => top === tops[0]).length;
  }

  function moveGroup(steps) {
    if (isSheet()) return move(steps * columns());
    const groups = state().groups.filter((group) => group.files.length);
    if (current === null) return move(steps);
    const group = groupOf(current);
    const column = group?.files.findIndex((file) => file.image === current);
    const next = groups[groups.indexOf(group) + steps];
    return next && focus(next.files[Math.min(column, next.files.length - 1)].image);
  }

  // From a group that is done: to the next one.
  const leaveGroup = () => (isSheet() ? move(1) : moveGroup(1));

  const at = () => order().indexOf(current);
  return { current: () => current, at, groupOf, select, focus, settle, move, moveGroup, leaveGroup };
}
