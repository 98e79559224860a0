"use strict";
// What came of a run or a node, as a sign: told apart by shape, and by colour besides.

const CIRCLE = "M-4,0a4,4 0 1,0 8,0a4,4 0 1,0 -8,0";
const MARKS = {
  // Runs that were judged.
  blessed: { path: CIRCLE, tone: "good", full: true },
  "not blessed": { path: "M0,-5L5,0L0,5L-5,0Z", tone: "warn" },
  "probe failed": { path: "M-5,-4L5,-4L0,5Z", tone: "ill" },
  // Runs and nodes that ended otherwise.
  done: { path: CIRCLE, tone: "good", full: true },
  cached: { path: CIRCLE, tone: "good" },
  failed: { path: "M-4,-4L4,4M4,-4L-4,4", tone: "ill" },
  refused: { path: "M-4,-4H4V4H-4Z", tone: "ill" },
  interrupted: { path: "M-2.5,-4V4M2.5,-4V4", tone: "calm" },
  unfinished: { path: "M-5,0H5", tone: "calm" },
  "not run": { path: "M-1.5,0a1.5,1.5 0 1,0 3,0a1.5,1.5 0 1,0 -3,0", tone: "calm" },
};
const UNKNOWN = MARKS.unfinished;

const markOf = (word) => (Object.hasOwn(MARKS, word) ? MARKS[word] : UNKNOWN);

/** Draws a sign in a drawing. */
function mark(word, x, y, scale = 1) {
  const { path, tone, full } = markOf(word);
  return draw("path", { class: `mark ${tone}${full ? " full" : ""}`, d: path, transform: `translate(${x} ${y}) scale(${scale})` });
}

/** A word with its sign before it, in running text. */
const worded = (word) =>
  make("span", { class: "word" }, draw("svg", { class: "sign", viewBox: "-7 -7 14 14", "aria-hidden": "true" }, mark(word, 0, 0)), word);
