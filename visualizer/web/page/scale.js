// Ranges and ticks of the axes.

import {VALUE, bandOf, drawable, hasBand} from './sample.js';

// Ranges that can be drawn: not empty. Values may lie as close together as doubles and 15 digits tell them apart.
export function openedValues(least, most) {
  const size = Math.max(Math.abs(least), Math.abs(most));
  if (most - least > Math.max(size * 1e-12, 1e-12)) return [least, most];
  const half = Math.max(size * 0.05, 0.5);
  return [least - half, most + half];
}

// Of numbers and of times (milliseconds): any two that differ make a range, however large they are. Never by a part of
// the size: a second is a billionth of the time since 1970.
export function openedX(least, most, axis) {
  if (most > least) return [least, most];
  const half = Math.max(Math.max(Math.abs(least), Math.abs(most)) * 1e-12, axis === 'time' ? 500 : 0.5);
  return [least - half, most + half];
}

export function extent(samples, numberOf) {
  let least = Infinity, most = -Infinity;
  for (const sample of samples) {
    least = Math.min(least, numberOf(sample));
    most = Math.max(most, numberOf(sample));
  }
  return [least, most];
}

// Holds every value, and of the band what does not flatten the values; room at the top for the alarms.
export function valueRange(samples, threshold) {
  const [low, high] = openedValues(...extent(samples, sample => drawable(sample[VALUE])));
  const span = high - low;
  let [least, most] = [low, high];
  for (const sample of samples) {
    if (!hasBand(sample)) continue;
    const [bottom, top] = bandOf(sample, threshold);
    least = Math.min(least, Math.max(bottom, low - span));
    most = Math.max(most, Math.min(top, high + span));
  }
  const height = most - least;
  return [least - 0.06 * height, most + 0.14 * height];
}

// 1, 2 or 5 times a power of ten, so that some `count` of them fill the span.
export function niceStep(span, count) {
  const power = 10 ** Math.floor(Math.log10(span / count));
  return power * ([1, 2, 5].find(factor => factor * power * count >= span) ?? 10);
}

const SECOND = 1000, MINUTE = 60 * SECOND, HOUR = 60 * MINUTE, DAY = 24 * HOUR;
const TIME_STEPS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500,
  ...[1, 2, 5, 10, 15, 30].map(count => count * SECOND),
  ...[1, 2, 5, 10, 15, 30].map(count => count * MINUTE),
  ...[1, 2, 3, 6, 12].map(count => count * HOUR),
  ...[1, 2, 7, 14, 30, 91, 365].map(count => count * DAY),
];

export function timeStep(span, count) {
  return TIME_STEPS.find(step => step * count >= span) ?? niceStep(span, count);
}

export function ticks([least, most], step) {
  const found = [];
  const first = Math.ceil(least / step);
  // The bound holds where numbers are too large to be told apart.
  for (let i = 0; i < 20 && (first + i) * step <= most; ++i) found.push((first + i) * step);
  return found;
}
