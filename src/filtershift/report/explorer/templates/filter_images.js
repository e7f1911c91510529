// Filters as pictures: 3 × 3 squares, blue below zero, white at zero, red above.
import { h } from "./elements.js";

function color(value) {
  const strength = Math.min(Math.abs(value), 1);
  const fade = (full) => Math.round(255 - strength * (255 - full));
  return value < 0 ? `rgb(${fade(33)} ${fade(102)} ${fade(172)})` : `rgb(${fade(178)} ${fade(24)} ${fade(43)})`;
}

/** A filter of nine weights, the largest of magnitude in full colour; its text is read out and shown on hover. */
export function filterImage(weights, text, size = 42) {
  const scale = Math.max(...weights.map(Math.abs)) || 1;
  const canvas = h("canvas", { width: 3 * size, height: 3 * size, role: "img", "aria-label": text, title: text });
  canvas.style.width = canvas.style.height = `${size}px`;
  const pen = canvas.getContext("2d");
  weights.forEach((weight, k) => {
    pen.fillStyle = color(weight / scale);
    pen.fillRect((k % 3) * size, Math.floor(k / 3) * size, size, size);
  });
  return canvas;
}

/** Weights in words, row by row. */
export function words(weights) {
  const rows = [0, 3, 6].map((start) => weights.slice(start, start + 3).map((w) => w.toPrecision(4)).join(" "));
  return rows.join(" | ");
}

const MOSTLY = 0.8;

/** What a filter of norm 1 is mostly made of: the kind of named patterns with this share of its energy, or "mixed". */
export function kindOf(weights, patterns) {
  for (const { kind, patterns: own } of patterns) {
    const share = own.reduce((sum, pattern) => sum + pattern.reduce((dot, w, k) => dot + w * weights[k], 0) ** 2, 0);
    if (share >= MOSTLY) return kind;
  }
  return "mixed";
}
