// Parts of the drawings: SVG in which the pixels of small pictures can be counted and pointed at.

const SPACE = "http://www.w3.org/2000/svg";

// The colour map magma, from 0 to 255: red, green and blue of each.
const MAGMA =
  "AAADAAAEAAAGAQAHAQEJAQELAgINAgIPAwMRBAMTBAQVBQQXBgUZBwUbCAYdCQcfCgciCwgkDAkmDQooDgoqDwssEAwvEQwxEg0zFA01FQ44Fg46Fw88GA8/GhBBGxBEHBBGHhBJHxFLIBFNIhFQIxFSJRFVJhFXKBFZKhFcKxFeLRBgLxBiMBBlMhBnNBBoNQ9qNw9sOQ9uOw9vPA9xPg9yQA9zQg90Qw91RQ92Rw93SBB4ShB5SxB5TRF6TxF7UBJ7UhJ8UxN8VRN9VxR9WBV+WhV+WxZ+XRd+Xhd/YBh/YRh/Yxl/ZRqAZhqAaBuAaRyAaxyAbB2Abh6Bbx6BcR+Bcx+BdCCBdiGBdyGBeSKBeiKBfCOBfiSBfySBgSWBgiWBhCaBhSaBhyeBiSiBiiiBjCmAjSmAjyqAkSqAkiuAlCuAlSyAlyx/mS1/mi1/nC5/ni5+ny9+oS9+ozB+pDB9pjF9pzF9qTJ8qzN8rDN7rjR7sDR7sTV6szV6tTZ5tjZ5uDd4uTd4uzh3vTl3vjl2wDp1wjp1wzt0xTx0xjxzyD1yyj5yyz5xzT9wzkBw0EFv0UJu00Jt1ENt1kRs10Vr2UZq2kdp3Ehp3Ulo3kpn4Etm4Uxm4k1l5E5k5VBj5lFi51Ji6FRh6lVg61Zg7Fhf7Vlf7lte7l1d715d8GBd8WFc8mNc82Vc82db9Ghb9Wpb9Wxb9m5b9nBb93Fb93Nc+HVc+Hdc+Xlc+Xtd+X1d+n9e+oBe+oJf+4Rg+4Zg+4hh+4pi/Ixj/I5j/JBk/JJl/JNm/ZVn/Zdo/Zlp/Ztq/Z1r/Z9s/aFu/aJv/aRw/qZx/qhz/qp0/qx1/q52/q94/rF5/rN7/rV8/rd9/rl//ruA/ryC/r6D/sCF/sKG/sSI/saJ/seL/smN/suO/c2Q/c+S/dGT/dKV/dSX/daY/dia/dqc/dyd/d2f/d+h/eGj/OOl/OWm/Oao/Oiq/Oqs/Oyu/O6w/PCx/PGz/PO1/PW3+/e5+/m7+/q9+/y/";
const magma = Uint8Array.from(atob(MAGMA), (letter) => letter.charCodeAt(0));

export const FEWEST_PIXELS = 26; // of a cell, for three digits

export function shape(tag, attributes = {}, ...children) {
  const node = document.createElementNS(SPACE, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

// A drawing of this size at most; on narrower screens it shrinks.
export function drawing(width, height, ...parts) {
  return shape("svg", { viewBox: `0 0 ${width} ${height}`, style: `max-width: ${width}px` }, ...parts);
}

export const words = (x, y, text, attributes = {}) => shape("text", { x, y, ...attributes }, text);

// Pixels, three values each, as the address of a picture.
export function bitmap(width, height, data) {
  const line = 4 * Math.ceil((3 * width) / 4);
  const file = new Uint8Array(54 + line * height);
  const head = new DataView(file.buffer);
  file.set([0x42, 0x4d]);
  for (const [at, value] of Object.entries({ 2: file.length, 10: 54, 14: 40, 18: width, 22: height }))
    head.setUint32(Number(at), value, true);
  head.setUint16(26, 1, true);
  head.setUint16(28, 24, true);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const [from, to] = [3 * (row * width + column), 54 + (height - 1 - row) * line + 3 * column];
      for (let channel = 0; channel < 3; channel++) file[to + channel] = data[from + 2 - channel];
    }
  }
  return `data:image/bmp;base64,${btoa(Array.from(file, (byte) => String.fromCharCode(byte)).join(""))}`;
}

export const addressOf = ({ size, data }) => bitmap(size, size, data);

// Numbers as colours, black for 0 and light for the largest.
export function heat(numbers, largest) {
  const colours = new Uint8Array(3 * numbers.length);
  for (const [i, number] of numbers.entries()) {
    const colour = Math.min(255, Math.floor((256 * number) / Math.max(largest, 1)));
    colours.set(magma.subarray(3 * colour, 3 * colour + 3), 3 * i);
  }
  return colours;
}

// A frame is where a picture stands in a drawing: a parallelogram, whose right side is `slope` below the left one.

const inFrame = ({ x, y, width, height, slope = 0 }, ...parts) =>
  shape("g", { transform: `matrix(${width} ${slope} 0 ${height} ${x} ${y})` }, ...parts);

// The centre of a cell.
export function pointIn({ x, y, width, height, slope = 0 }, row, column, size) {
  const [right, down] = [(column + 0.5) / size, (row + 0.5) / size];
  return [x + right * width, y + down * height + right * slope];
}

export function picture(frame, href, style = "") {
  const image = shape("image", { href, width: 1, height: 1, preserveAspectRatio: "none", style });
  return inFrame(frame, image, shape("rect", { width: 1, height: 1, class: "dupviz-edge" }));
}

// A frame whose cells can be pointed at.
export function pickable(frame, rows, columns) {
  const cells = { "data-rows": rows, "data-columns": columns };
  return inFrame(frame, shape("rect", { width: 1, height: 1, class: "dupviz-pick", ...cells }));
}

// Around one cell: light within dark, to be seen on any ground.
export function marker(frame, row, column, size) {
  const side = { x: column / size, y: row / size, width: 1 / size, height: 1 / size };
  const edges = ["dupviz-marker-edge", "dupviz-marker"].map((name) => shape("rect", { ...side, class: name }));
  return inFrame(frame, ...edges);
}
