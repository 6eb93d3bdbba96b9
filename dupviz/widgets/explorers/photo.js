// A photo of one's own as a tensor: resized as resize.py does it with Pillow, to the last bit. Only the decoders differ.

const REDUCE_SCALE = 6; // block means first, down to so many times the target
const BITS = 2 ** 22; // of Pillow's weights, which are whole numbers

export async function openPhoto(file) {
  const bitmap = await createImageBitmap(file); // upright
  const canvas = document.createElement("canvas");
  return (size) => {
    canvas.width = bitmap.width;
    const context = canvas.getContext("2d", { willReadFrequently: true });
    const read = (top, height) => {
      if (canvas.height !== height) canvas.height = height;
      context.fillStyle = "#fff"; // shows where the photo is transparent
      context.fillRect(0, 0, canvas.width, height);
      context.drawImage(bitmap, 0, -top);
      return context.getImageData(0, 0, canvas.width, height).data;
    };
    return shrink(bitmap.width, bitmap.height, size, read);
  };
}

// `read` gives lines of the picture, from `top` on, with four values a pixel.
export function shrink(width, height, size, read) {
  const [columns, rows] = [width, height].map((length) => Math.max(1, Math.floor(length / (REDUCE_SCALE * size))));
  const [across, down] = [Math.ceil(width / columns), Math.ceil(height / rows)];
  const means = new Uint8Array(3 * across * down);
  for (let line = 0; line < down; line++) {
    const lines = Math.min(rows, height - line * rows);
    means.set(blockMeans(read(line * rows, lines), width, lines, columns), 3 * across * line);
  }
  const sideways = weights(across, width / columns, size);
  const downwards = weights(down, height / rows, size);
  // Of the two ways Pillow 13 goes first in the one that leaves it less to do: found by trying all lengths up to 600.
  if (down - size > 2 * (across - size)) {
    const low = resample(means, 3 * across, 1, 3 * across, downwards, true);
    return { size, data: resample(low, size, 3 * across, 3, sideways, false) };
  }
  const narrow = resample(means, down, 3 * across, 3, sideways, false);
  return { size, data: resample(narrow, 3 * size, 1, 3 * size, downwards, true) };
}

function blockMeans(values, width, lines, columns) {
  const means = [];
  for (let left = 0; left < width; left += columns) {
    const right = Math.min(left + columns, width);
    const pixels = (right - left) * lines;
    const factor = Math.floor(Math.fround(2 ** 24 / pixels)); // Pillow's own division
    for (let channel = 0; channel < 3; channel++) {
      let sum = Math.floor(pixels / 2);
      for (let line = 0; line < lines; line++)
        for (let column = left; column < right; column++) sum += values[4 * (line * width + column) + channel];
      means.push(Math.floor((sum * factor) / 2 ** 24));
    }
  }
  return means;
}

// Pillow's triangle filter: which places, from `first` on, make up each new one, and with which weights.
function weights(length, end, size) {
  const scale = end / size;
  const support = Math.max(scale, 1);
  return Array.from({ length: size }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const last = Math.min(length, Math.trunc(centre + support + 0.5));
    const parts = [];
    for (let at = first; at < last; at++) parts.push(Math.max(0, 1 - Math.abs((at - centre + 0.5) / support)));
    const sum = parts.reduce((total, part) => total + part, 0);
    return { first, factors: parts.map((part) => Math.trunc(0.5 + (part / sum) * BITS)) };
  });
}

// Lines of values, whose places are `step` apart, to lines of as many places as there are weights: across, or down.
function resample(values, lines, stride, step, places, isDown) {
  const channels = isDown ? 1 : 3;
  const result = new Uint8Array(lines * channels * places.length);
  for (let line = 0; line < lines; line++) {
    for (const [place, { first, factors }] of places.entries()) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = BITS / 2;
        for (const [i, factor] of factors.entries())
          sum += factor * values[line * stride + (first + i) * step + channel];
        const to = isDown ? place * lines + line : (line * places.length + place) * channels + channel;
        result[to] = Math.floor(sum / BITS);
      }
    }
  }
  return result;
}
