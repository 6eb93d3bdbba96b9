// Thumbnails: Python is asked for them as they come into view, a few at a time.

import { jpegAddress } from "./dom.js";

const BATCH = 6; // per message: a decision waits for no more than these
const REMEMBERED = 600; // 20 kB each

export function makeThumbnails(send, list, cards) {
  const pictures = new Map(); // "image,rotation,mirrored,seen" → address
  const queue = new Map();
  let isAsking = false;

  const observer = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const { key, wanted } = target;
        if (isIntersecting && !pictures.has(key)) queue.set(key, wanted);
        else if (!isIntersecting) queue.delete(key);
      }
      ask();
    },
    { root: list, rootMargin: "300px" },
  );

  async function ask() {
    if (isAsking || !queue.size) return;
    isAsking = true;
    const asked = [...queue].slice(0, BATCH);
    for (const [key] of asked) queue.delete(key);
    const answer = await send("thumbnails", { files: asked.map(([, wanted]) => wanted) });
    isAsking = false;
    if (answer) receive(asked, answer.pictures);
    ask();
  }

  function receive(asked, jpegs) {
    asked.forEach(([key, [image]], i) => {
      if (!pictures.has(key)) pictures.set(key, jpegAddress(jpegs[i]));
      const card = cards.get(image);
      if (card?.picture.key === key) card.image.src = pictures.get(key);
    });
    forget();
  }

  function forget() {
    const shown = new Set([...cards.values()].map((card) => card.picture.key));
    for (const key of pictures.keys()) {
      if (pictures.size <= REMEMBERED) break;
      if (shown.has(key)) continue;
      URL.revokeObjectURL(pictures.get(key));
      pictures.delete(key);
    }
  }

  // Show a file, turned to match, in the picture of its card.
  function show(card, file) {
    const { picture, image } = card;
    const wanted = [file.image, file.rotation, file.mirrored];
    const key = String([...wanted, file.seen]); // gone, or written over, it is another picture; back again, the old one
    if (picture.key === key) return;
    Object.assign(picture, { key, wanted });
    if (pictures.has(key)) image.src = pictures.get(key);
    else image.removeAttribute("src");
    observer.unobserve(picture); // observing again reports at once whether it is in view
    observer.observe(picture);
  }

  function close() {
    observer.disconnect();
    for (const address of pictures.values()) URL.revokeObjectURL(address);
  }

  return { show, drop: (card) => observer.unobserve(card.picture), close };
}
