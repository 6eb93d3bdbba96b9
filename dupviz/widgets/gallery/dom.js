// Elements of the page. Texts from outside, as file names are, are only ever set as text.

const SVG = "http://www.w3.org/2000/svg";

const ICONS = {
  keep: "M3 8.5l3.5 3.5L13 4.5",
  accepted: "M3 8.5l3.5 3.5L13 4.5",
  remove: "M4 4l8 8M12 4l-8 8",
  review: "M5.5 6a2.5 2.5 0 1 1 3.4 2.3c-.6.3-.9.7-.9 1.4M8 12.4v.1",
  make_keeper: "M8 2l1.8 3.9 4.2.5-3.1 2.9.8 4.2L8 11.4l-3.7 2.1.8-4.2L2 6.4l4.2-.5z",
  mark_different: "M3 6h10M3 10h10M11 2L5 14",
  folder: "M2 4.5v8h12V6H8L6.5 4.5z",
  compare: "M2 3h5v10H2zM9 3h5v10H9z",
  undo: "M3 6h6.5a3.5 3.5 0 0 1 0 7H6M3 6l3-3M3 6l3 3",
  redo: "M13 6H6.5a3.5 3.5 0 0 0 0 7H10M13 6l-3-3M13 6l-3 3",
};

export function element(tag, properties = {}, ...children) {
  const { dataset = {}, aria = {}, ...others } = properties;
  const node = Object.assign(document.createElement(tag), others);
  Object.assign(node.dataset, dataset);
  for (const [name, value] of Object.entries(aria)) {
    node.setAttribute(`aria-${name}`, value);
  }
  node.append(...children);
  return node;
}

export const icon = (name) => shapeIn("0 0 16 16", "path", { d: ICONS[name] });

// A shape in a drawing of its own.
export function shapeIn(viewBox, tag, attributes) {
  const svg = document.createElementNS(SVG, "svg");
  const shape = document.createElementNS(SVG, tag);
  svg.setAttribute("viewBox", viewBox);
  svg.setAttribute("aria-hidden", "true");
  for (const [name, value] of Object.entries(attributes)) shape.setAttribute(name, value);
  svg.append(shape);
  return svg;
}

// A button with a text is called by that; the label explains it, and names a button that is only a picture.
export function button(label, onclick, properties = {}, ...children) {
  const hasText = children.some((child) => typeof child === "string");
  const aria = hasText ? properties.aria : { label, ...properties.aria };
  return element("button", { type: "button", title: label, onclick, ...properties, aria }, ...children);
}

export const jpegAddress = (bytes) => URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));

// Where a window lies in the part of a picture that is shown, as CSS.
export function placeIn([x0, y0, x1, y1], [left, top, right, bottom]) {
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  return {
    left: percent(left - x0, x1 - x0),
    top: percent(top - y0, y1 - y0),
    width: percent(right - left, x1 - x0),
    height: percent(bottom - top, y1 - y0),
  };
}

// Where corners, as x, y, x, y, … lie in the part of a picture that is shown: points of a polygon, in shares of it.
export function pointsIn([x0, y0, x1, y1], corners) {
  const shares = corners.map((at, i) => (i % 2 ? (at - y0) / (y1 - y0) : (at - x0) / (x1 - x0)));
  return shares.map((share) => share.toFixed(4)).join(" ");
}

const TAIL = 10; // characters at the end of a name, which are always shown

// A name that is cut in its middle where it is too long: names differ at their ends.
export function nameParts(name, tail = TAIL) {
  const letters = [...name];
  if (letters.length <= 2 * tail) return [element("span", { textContent: name })];
  const parts = [letters.slice(0, -tail), letters.slice(-tail)];
  return parts.map((part) => element("span", { textContent: part.join("") }));
}

export const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
