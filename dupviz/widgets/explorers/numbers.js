// The definitions of metrics.py once more, for the browser, and numbers as Python writes them.
// A tensor is { size, data }: size · size · 3 values, row by row, each from 0 to 255.

export const ROTATIONS = [0, 90, 180, 270];

export function tensorOf(bytes) {
  return { size: Math.round(Math.sqrt(bytes.length / 3)), data: bytes };
}

// The symmetries in the order in which ties are decided.
export function symmetriesOf(name) {
  return [false, true]
    .slice(0, name === "dihedral" ? 2 : 1)
    .flatMap((mirrored) => ROTATIONS.map((rotation) => ({ rotation, mirrored })));
}

// Mirrored left–right if asked, then turned counter-clockwise.
export function transform({ size, data }, { rotation, mirrored }) {
  const turned = new Uint8Array(data.length);
  const last = size - 1;
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      let [y, x] = [
        [row, column],
        [column, last - row],
        [last - row, last - column],
        [last - column, row],
      ][rotation / 90];
      if (mirrored) x = last - x;
      const [from, to] = [3 * (y * size + x), 3 * (row * size + column)];
      for (let channel = 0; channel < 3; channel++) turned[to + channel] = data[from + channel];
    }
  }
  return { size, data: turned };
}

// The symmetry that mirrors the result of another one left–right.
export const mirrorTurn = ({ rotation, mirrored }) => ({ rotation: (360 - rotation) % 360, mirrored: !mirrored });

// Per pixel, summed over the channels.
export function squaredErrors(a, b) {
  return Array.from({ length: a.size * a.size }, (_, pixel) => {
    let sum = 0;
    for (let i = 3 * pixel; i < 3 * pixel + 3; i++) sum += (a.data[i] - b.data[i]) ** 2;
    return sum;
  });
}

export const sumOf = (numbers) => numbers.reduce((sum, number) => sum + number, 0);

export const mse = (a, b) => sumOf(squaredErrors(a, b)) / a.size ** 2;

// The symmetry of b with the smallest MSE to a.
export function nearest(a, b, symmetries) {
  const tried = symmetries.map((symmetry) => ({ ...symmetry, mse: mse(a, transform(b, symmetry)) }));
  return tried.reduce((best, each) => (each.mse < best.mse ? each : best));
}

export const pixelOf = ({ size, data }, row, column) => [...data.slice(3 * (row * size + column)).slice(0, 3)];

// With one decimal, and thousands apart. A number in the middle of two goes to the even one, as in Python.
export function written(number) {
  const tenths = Math.floor(number * 10);
  const isInTheMiddle = (number * 4) % 2 === 1;
  const [whole, digit] = (isInTheMiddle ? (tenths + (tenths % 2)) / 10 : number).toFixed(1).split(".");
  return `${counted(Number(whole))}.${digit}`;
}

export const counted = (number) => number.toLocaleString("en");

// With at most six digits, as a threshold is written.
export const general = (number) => String(Number(number.toPrecision(6)));

export const plural = (number, noun) => (number === 1 ? noun : `${noun}s`);

export const count = (number, noun) => `${counted(number)} ${plural(number, noun)}`;

export function fileSize(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let size = bytes;
  let unit = 0;
  while (unit ? size >= 999.5 : size >= 1000) {
    size /= 1000;
    unit += 1;
  }
  return `${unit && size < 9.95 ? written(size) : Math.round(size)} ${units[unit]}`;
}

export const turnWords = ({ rotation, mirrored }) =>
  [mirrored ? "mirrored" : "", rotation ? `turned ${rotation}°` : ""].filter(Boolean).join(", ");
