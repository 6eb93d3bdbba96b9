// The files of a group beside the one that stays, small: what is decided with the one on the screen.

import { element, jpegAddress } from "./dom.js";
import { makeSmall } from "./tile.js";

export function makeStrip(send, onSelect) {
  const node = element("div", { className: "dupviz-strip" });
  const pictures = new Map(); // "image,rotation,mirrored" → card, of this group
  let shown = "";

  function update(files, image, words) {
    node.hidden = files.length < 2;
    const key = (file) => String([file.image, file.rotation, file.mirrored]);
    const text = node.hidden ? "" : files.map(key).join(" ");
    if (text !== shown) {
      clear();
      shown = text;
      if (!node.hidden) fill(files, text, key);
    }
    if (node.hidden) return;
    for (const file of files) {
      const card = pictures.get(key(file));
      card.update(file, "", words);
      card.picture.setAttribute("aria-current", file.image === image);
      if (file.image === image) card.picture.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }

  async function fill(files, text, key) {
    for (const file of files) {
      const card = makeSmall(file.image, { onSelect: () => {}, onAct: () => {} });
      card.picture.onclick = () => onSelect(file.image);
      pictures.set(key(file), card);
    }
    node.replaceChildren(...[...pictures.values()].map((card) => card.node));
    const wanted = files.map(({ image, rotation, mirrored }) => [image, rotation, mirrored]);
    const answer = await send("thumbnails", { files: wanted.slice(0, 50) });
    if (!answer || shown !== text) return;
    answer.pictures.forEach((jpeg, i) => {
      pictures.get(key(files[i])).image.src = jpegAddress(jpeg);
    });
  }

  function clear() {
    for (const { image } of pictures.values()) URL.revokeObjectURL(image.src);
    pictures.clear();
    shown = "";
    node.replaceChildren();
  }

  return { node, update, clear };
}
