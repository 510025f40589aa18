// What the viewer's answers bring (board_answer.hpp), and how a sample's parts are called.
//
// A sample is [n, ts, value, flags] and, where there is a band, [.., expected, sigma, z, score]; where it is the newest
// of several points, [.., count, low, high] behind these. One whose n is 0 is of before the viewer came: its number is
// not known.

export const N = 0, TS = 1, VALUE = 2, FLAGS = 3, EXPECTED = 4, SIGMA = 5, Z = 6, SCORE = 7;
export const COUNT = 8, LOW = 9, HIGH = 10;
export const ANOMALY = 1, DRIFT = 2, ALARM = 4, LABELLED = 8;

const DRAWABLE_MAX = 1e300;  // so that no span overflows

export const drawable = number => Math.max(-DRAWABLE_MAX, Math.min(DRAWABLE_MAX, number));
export const hasBand = sample => typeof sample[EXPECTED] === 'number';
export const countOf = sample => sample[COUNT] ?? 1;

// The value that is furthest from what was expected, of all that the sample stands for.
export function extremeOf(sample) {
  if (countOf(sample) === 1 || !hasBand(sample)) return sample[VALUE];
  return sample[HIGH] - sample[EXPECTED] > sample[EXPECTED] - sample[LOW] ? sample[HIGH] : sample[LOW];
}

// The lower and the upper edge.
export function bandOf(sample, threshold) {
  const half = threshold * sample[SIGMA];
  return [drawable(sample[EXPECTED] - half), drawable(sample[EXPECTED] + half)];
}

// The usual distance in time between two samples; 0: not known.
export function intervalOf(samples) {
  const gaps = samples.slice(-100).map((sample, i, all) => i === 0 ? 0 : sample[TS] - all[i - 1][TS])
      .filter(gap => gap > 0).sort((a, b) => a - b);
  return gaps[Math.floor(gaps.length / 2)] ?? 0;
}

// Of more samples than can be told apart those that the line needs, as ones and zeros: the lowest and the highest of
// every two pixels. Within the window, which is so wide; beyond it as if all there is were as wide.
export function neededOf(samples, [from, to], pixels) {
  const needed = new Uint8Array(samples.length);
  if (samples.length <= pixels) return needed.fill(1);
  const [first, last] = [samples[0][TS], samples[samples.length - 1][TS]];
  const within = 2 * (to - from) / pixels || 1, beyond = 2 * (last - first) / pixels || 1;
  let bucket = NaN, lowest = 0, highest = 0;
  samples.forEach((sample, i) => {
    const ts = sample[TS];
    const isWithin = ts >= from && ts <= to;
    const mine = isWithin ? Math.floor((ts - from) / within) : -1 - Math.floor((ts - first) / beyond);
    if (mine !== bucket) {
      needed[lowest] = needed[highest] = 1;
      bucket = mine;
      lowest = highest = i;
    }
    if ((sample[LOW] ?? sample[VALUE]) < (samples[lowest][LOW] ?? samples[lowest][VALUE])) lowest = i;
    if ((sample[HIGH] ?? sample[VALUE]) > (samples[highest][HIGH] ?? samples[highest][VALUE])) highest = i;
  });
  needed[lowest] = needed[highest] = needed[0] = needed[samples.length - 1] = 1;
  return needed;
}

// Rows for dygraphs: [Date, expected's [low, middle, high], value's] of those that are needed; between samples that are
// further apart than three usual intervals, or whose numbers miss some, an empty one, so that the line is open there.
export function rowsOf(samples, threshold, needed = null) {
  const rows = [];
  const usual = intervalOf(samples);
  let before = null;
  for (const [i, sample] of samples.entries()) {
    if (before) {
      const misses = sample[N] > before[N] + countOf(sample) && before[N] > 0 && sample[N] > 0;
      const distance = sample[TS] - before[TS];
      if (misses || (usual > 0 && distance > 3 * usual)) {
        rows.push([new Date(before[TS] + distance / 2), [null, null, null], [null, null, null]]);
      }
    }
    before = sample;
    if (needed && !needed[i]) continue;
    const [low, high] = hasBand(sample) ? bandOf(sample, threshold) : [null, null];
    const value = drawable(sample[VALUE]);
    rows.push([new Date(sample[TS]), [low, hasBand(sample) ? drawable(sample[EXPECTED]) : null, high],
               [drawable(sample[LOW] ?? value), value, drawable(sample[HIGH] ?? value)]]);
  }
  return rows;
}

// As near as numbers have it, the one that so many are below; they are sorted.
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
const sorted = numbers => Float64Array.from(numbers).sort();  // as numbers, and far quicker than by a function

// The range of values that is shown, by the rule of the pictures (visualizer/plot): all of them but those that lie
// further from the bulk than it is wide four times; of a band's edges nine in ten, and half the values' span.
export function rangeOf(samples, threshold) {
  const values = sorted(samples.map(sample => drawable(sample[VALUE])));
  if (values.length === 0) return [0, 1];
  let low = values[0], high = values[values.length - 1];
  const bulk = quantile(values, 0.95) - quantile(values, 0.05);
  if (values.length >= 20 && bulk > 0) {
    const least = quantile(values, 0.05) - 4 * bulk, most = quantile(values, 0.95) + 4 * bulk;
    low = values.find(value => value >= least);
    high = values.findLast(value => value <= most);
  }
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= Math.max(size * 1e-12, 1e-12)) {
    const half = Math.max(size * 0.05, 0.5);
    low -= half;
    high += half;
  }
  let [least, most] = [low, high];
  const bands = samples.filter(hasBand).map(sample => bandOf(sample, threshold));
  if (bands.length > 0) {
    const span = high - low;
    least = Math.min(least, Math.max(quantile(sorted(bands.map(([bottom]) => bottom)), 0.1), low - 0.5 * span));
    most = Math.max(most, Math.min(quantile(sorted(bands.map(([, top]) => top)), 0.9), high + 0.5 * span));
  }
  const height = most - least;
  return [least - 0.06 * height, most + 0.14 * height];
}

// The sample nearest in time.
export function nearest(samples, ts) {
  let best = null;
  for (const sample of samples) {
    if (!best || Math.abs(sample[TS] - ts) < Math.abs(best[TS] - ts)) best = sample;
  }
  return best;
}
