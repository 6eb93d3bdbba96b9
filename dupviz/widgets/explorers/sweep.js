// One search at any threshold, by the MSE alone: what Python's Sweep has, for a page without Python.

const EDGE = 5; // pairs on each side of the threshold
const MOST_FILES = 8; // of the largest group

// `files`: a list of { name, rank, bytes, flat, isProtected, leader }. `pairs`: their columns, sorted by the MSE.
export function makeSearch({ files, pairs: columns }) {
  const pairs = columns.mse.map((mse, i) => ({
    mse,
    ...Object.fromEntries(["a", "b", "rotation", "mirrored"].map((name) => [name, columns[name][i]])),
  }));
  const order = [...files.keys()].sort((one, other) => files[one].rank - files[other].rank);
  const stands = ({ a, b }) => files[a].leader === a && [a, b].includes(files[b].leader);
  const edges = pairs.filter(stands); // of identical images, the first stands for the others

  // Files are taken best-first. One is kept unless a kept file is its duplicate, and else belongs to the nearest.
  function membersOf(near, threshold) {
    const neighbours = new Map();
    for (const pair of near) {
      for (const [image, other] of [
        [pair.a, pair.b],
        [pair.b, pair.a],
      ])
        neighbours.set(image, [...(neighbours.get(image) ?? []), { ...pair, image, keeper: other }]);
    }
    const kept = new Set();
    const members = [];
    for (const image of order) {
      const links = (neighbours.get(image) ?? []).filter(({ keeper }) => kept.has(keeper));
      if (!links.length || files[image].isProtected || !threshold) {
        kept.add(image);
        continue;
      }
      const nearer = (one, other) => one.mse < other.mse || (one.mse === other.mse && rankOf(one) < rankOf(other));
      const link = links.reduce((best, each) => (nearer(each, best) ? each : best));
      const isIdentical = files[image].leader === files[link.keeper].leader;
      const action = files[image].flat && !isIdentical ? "review" : "remove";
      members.push({ image, keeper: link.keeper, mse: link.mse, isIdentical, action, ...turnOf(link) });
    }
    return members;
  }

  const rankOf = ({ keeper }) => files[keeper].rank;

  // How the file is turned to match the one that stays: as the pair says, or backwards.
  function turnOf({ image, b, rotation, mirrored }) {
    return { rotation: image === b || mirrored ? rotation : (360 - rotation) % 360, mirrored };
  }

  // Groups in which two files are not duplicates of each other.
  function chainsIn(groups, near) {
    const joined = new Set(near.flatMap(({ a, b }) => [`${a} ${b}`, `${b} ${a}`]));
    return groups.filter((group) => {
      const others = group.filter(({ isIdentical }) => !isIdentical).map(({ image }) => image);
      return others.some((one, i) => others.slice(i + 1).some((other) => !joined.has(`${one} ${other}`)));
    }).length;
  }

  const described = (pair) => ({ ...pair, label: null, names: [files[pair.a].name, files[pair.b].name] });

  return function at(threshold) {
    const near = pairs.filter(({ mse }) => mse < threshold);
    const members = membersOf(near, threshold);
    const byKeeper = new Map();
    for (const member of members) byKeeper.set(member.keeper, [...(byKeeper.get(member.keeper) ?? []), member]);
    const groups = [...byKeeper.values()];
    const going = members.filter(({ action }) => action === "remove");
    const largest = groups.reduce((best, group) => (isLarger(group, best) ? group : best), []);
    const ordered = [...largest].sort((one, other) => one.mse - other.mse || one.image - other.image);
    const keepers = largest
      .slice(0, 1)
      .map(({ keeper }) => ({ image: keeper, action: "keep", rotation: 0, mirrored: false }));
    const place = edges.filter(({ mse }) => mse < threshold).length;
    return {
      threshold,
      pairs: near.length,
      groups: groups.length,
      files: going.length,
      bytes: going.reduce((sum, { image }) => sum + files[image].bytes, 0),
      review: members.length - going.length,
      chained: chainsIn(groups, near),
      number: largest.length + keepers.length,
      largest: [...keepers, ...ordered].slice(0, MOST_FILES).map(({ image, action, rotation, mirrored }) => ({
        image,
        action,
        rotation,
        mirrored,
        name: files[image].name,
      })),
      below: edges.slice(Math.max(0, place - EDGE), place).map(described),
      above: edges.slice(place, place + EDGE).map(described),
    };
  };
}

// Of groups with equally many files, the one whose keeper comes first.
function isLarger(group, other) {
  if (group.length !== other.length) return group.length > other.length;
  return group[0].keeper < other[0].keeper;
}
