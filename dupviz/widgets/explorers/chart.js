// Charts over MSEs, as charts.py draws them for the report. The axis is linear up to 1 and logarithmic from there;
// numbers of pairs are logarithmic too.

import { clamp } from "../gallery/dom.js";
import { drawing, pickable, shape, words } from "./drawing.js";
import { count, counted, general } from "./numbers.js";

const LINEAR = 0.4; // from 0 to 1 the axis is as wide as 0.4 powers of ten
const NUMBER_WIDTH = 36; // pixels that a number below the axis takes
const LABEL_WIDTH = 60; // the same of the threshold beside its line
const PLACES = 200; // along an axis that can be pointed at
const SIZE = { width: 480, height: 196 };
const AREA = { x: 46, y: 16, width: 410, height: 140 };
const BOTTOM = AREA.y + AREA.height;

const rounded = (mse) => counted(Number(mse.toPrecision(3)));

const placeOf = (mse) => LINEAR * Math.min(mse, 1) + Math.log10(Math.max(mse, 1));

const mseAt = (place) => (place < LINEAR ? place / LINEAR : 10 ** (place - LINEAR));

// The threshold, to three digits, at one of the places in a chart that can be pointed at: from 0 to 199.
export function thresholdAt(place, maxMse) {
  return Math.min(Number(mseAt(((place + 0.5) / PLACES) * placeOf(maxMse)).toPrecision(3)), maxMse);
}

export const placeAt = (threshold, maxMse) =>
  maxMse ? clamp(Math.floor((PLACES * placeOf(threshold)) / placeOf(maxMse)), 0, PLACES - 1) : 0;

// A chart up to an MSE; `most` is the number at its top, if it counts.
export function makeChart(largestMse, most = 1) {
  const largest = Math.max(2, largestMse);
  const across = (mse) => AREA.x + (AREA.width * placeOf(Math.min(mse, largest))) / placeOf(largest);
  const up = (number) => BOTTOM - (AREA.height * Math.log1p(number)) / Math.log1p(Math.max(most, 1));
  const height = (share) => BOTTOM - AREA.height * share;

  const markUp = (y, text) => [
    shape("path", { class: "dupviz-grid", d: `M${AREA.x} ${y}h${AREA.width}` }),
    words(AREA.x - 7, y + 4, text, { class: "dupviz-tick", "text-anchor": "end" }),
  ];

  // Numbers at 0 and at powers of ten: every second or third of them where they are many.
  function countsAxis() {
    const powers = Array.from(String(Math.floor(Math.max(most, 1))), (_, power) => 10 ** power);
    const shown = powers.filter((_, i) => i % (1 + Math.floor(powers.length / 4)) === 0);
    return [0, ...shown].flatMap((number) => markUp(up(number), counted(number)));
  }

  // The axis with its numbers, and the threshold as a line; marks are thresholds of note, the most important first.
  function mseAxis(threshold, marks = []) {
    const parts = [shape("path", { class: "dupviz-axis", d: `M${AREA.x} ${BOTTOM}h${AREA.width}` })];
    for (const number of [0, 1, 10, 100, 1000, 10_000, 100_000]) {
      if (number > largest || marks.includes(number)) continue;
      const x = across(number);
      parts.push(shape("path", { class: "dupviz-axis", d: `M${x} ${BOTTOM}v4` }));
      parts.push(words(x, BOTTOM + 18, counted(number), { class: "dupviz-tick", "text-anchor": "middle" }));
    }
    const taken = [];
    for (const mark of marks) {
      const x = across(mark);
      parts.push(shape("path", { class: "dupviz-axis", d: `M${x} ${BOTTOM}v20` }));
      if (taken.some((other) => Math.abs(x - other) <= NUMBER_WIDTH)) continue;
      taken.push(x);
      parts.push(words(x, BOTTOM + 33, general(mark), { class: "dupviz-note", "text-anchor": "middle" }));
    }
    const x = across(threshold);
    const isNearEnd = x > AREA.x + AREA.width - LABEL_WIDTH;
    const side = { class: "dupviz-threshold-value", "text-anchor": isNearEnd ? "end" : "start" };
    parts.push(shape("path", { class: "dupviz-threshold", d: `M${x} ${AREA.y - 6}v${AREA.height + 6}` }));
    parts.push(words(x + (isNearEnd ? -5 : 5), AREA.y + 4, general(threshold), side));
    return parts;
  }

  const line = (mses, heights) => mses.map((mse, i) => `${across(mse).toFixed(1)},${heights[i].toFixed(1)}`).join(" ");

  // What can be pointed at: up to an MSE, and the numbers below the axis.
  const pick = (maxMse) => pickable({ ...AREA, width: across(maxMse) - AREA.x, height: AREA.height + 20 }, 1, PLACES);

  const draw = (parts) => drawing(SIZE.width, SIZE.height, ...parts);

  return { across, up, height, markUp, countsAxis, mseAxis, line, pick, draw };
}

// The bars of a histogram, each on one side of the threshold.
export function barsOf({ edges, counts }, threshold) {
  return counts.flatMap((number, i) => {
    const [low, high] = [edges[i], edges[i + 1]];
    const sides = [
      [low, Math.min(high, threshold), "below"],
      [Math.max(low, threshold), high, "above"],
    ];
    return sides
      .filter(([start, end]) => number && start < end)
      .map(([start, end, side]) => ({ low, high, start, end, side, number }));
  });
}

// All pairs by their MSE: those below the threshold in colour, and pale where they are estimated.
export function drawHistogram(histogram, threshold, maxMse, marks) {
  const chart = makeChart(histogram.edges.at(-1), Math.max(0, ...histogram.counts));
  const bars = barsOf(histogram, threshold).map(({ low, high, start, end, side, number }) => {
    const isExact = histogram.exact_below === null || high <= histogram.exact_below;
    const [x, y] = [chart.across(start), chart.up(number)];
    const size = { x, y, width: Math.max(chart.across(end) - x - 0.6, 0.5), height: BOTTOM - y };
    const pairs = `${isExact ? "" : "about "}${count(Math.round(number), "pair")}`;
    const title = shape("title", {}, `MSE ${rounded(low)} to ${rounded(high)}: ${pairs}`);
    return shape("rect", { class: `dupviz-${side}${isExact ? "" : " dupviz-estimated"}`, ...size }, title);
  });
  return chart.draw([...chart.countsAxis(), ...bars, ...chart.mseAxis(threshold, marks), chart.pick(maxMse)]);
}

// Files that can go, groups and pairs against the threshold, with the present point.
export function drawCurve(curve, state, maxMse, marks, lines) {
  const chart = makeChart(maxMse, Math.max(...curve.pairs, state.pairs));
  const parts = lines.flatMap(([name, , style]) => [
    shape("polyline", {
      class: `dupviz-line ${style}`,
      points: chart.line(curve.threshold, curve[name].map(chart.up)),
    }),
    shape("circle", {
      class: `dupviz-point ${style}`,
      cx: chart.across(state.threshold),
      cy: chart.up(state[name]),
      r: 4,
    }),
  ]);
  return chart.draw([...chart.countsAxis(), ...parts, ...chart.mseAxis(state.threshold, marks), chart.pick(maxMse)]);
}

// Shares against the threshold, each with its interval.
export function drawShares(curve, threshold, maxMse, lines) {
  const chart = makeChart(maxMse);
  const parts = [0, 0.5, 1].flatMap((share) => chart.markUp(chart.height(share), `${100 * share}%`));
  for (const [name, , style] of lines) {
    const { share, low, high } = curve[name];
    const around = [...low, ...[...high].reverse()].map(chart.height);
    const there = [...curve.threshold, ...[...curve.threshold].reverse()];
    parts.push(shape("polygon", { class: `dupviz-band ${style}`, points: chart.line(there, around) }));
    parts.push(
      shape("polyline", {
        class: `dupviz-line ${style}`,
        points: chart.line(curve.threshold, share.map(chart.height)),
      }),
    );
  }
  return chart.draw([...parts, ...chart.mseAxis(threshold)]);
}
