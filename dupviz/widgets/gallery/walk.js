// Which pair comes after which, on the page that is shown and at the beginning of the next one.

const NEEDS = ["review", "remove", "accepted", "keep"]; // what one looks at first

// Of a group, the file beside the one that stays that most needs a look; undefined if there is none.
export function neediest({ files }) {
  const others = files.filter((file) => !file.first);
  return others.sort((a, b) => NEEDS.indexOf(a.action) - NEEDS.indexOf(b.action))[0];
}

export function makeWalk(state) {
  // A file, with the one that it goes for or is compared with: not always the one that stays.
  function pair(group, file) {
    return { group, file, keeper: group.files.find((each) => each.image === file.keeper) ?? group.files[0] };
  }

  const pairsOf = (groups) =>
    groups.flatMap((group) => group.files.filter((file) => !file.first).map((file) => pair(group, file)));

  const pairs = () => pairsOf(state().groups);

  const isOpen = ({ group, file }) => !group.reviewed && !file.reviewed;

  // The next pair that is not reviewed; undefined if there is none that one knows of.
  function after(image, { isOtherGroup = false } = {}) {
    const all = pairs();
    const at = all.findIndex(({ file }) => file.image === image);
    const rest = [...all.slice(at + 1), ...pairsOf(state().following)];
    return rest.find((each) => isOpen(each) && !(isOtherGroup && each.group === all[at]?.group));
  }

  return { pair, pairs, after, open: () => pairs().filter(isOpen) };
}
