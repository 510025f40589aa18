// What the viewer's answers bring (board_answer.hpp), and how a sample's parts are called.
//
// A sample is [n, ts, value, flags] and, where there is a band, [.., expected, sigma, z, score]. One whose n is 0 is of
// before the viewer came: its number is not known.

export const N = 0, TS = 1, VALUE = 2, FLAGS = 3, EXPECTED = 4, SIGMA = 5, Z = 6, SCORE = 7;
export const ANOMALY = 1, DRIFT = 2, ALARM = 4, LABELLED = 8;

const DRAWABLE_MAX = 1e300;  // so that no span overflows

export const drawable = number => Math.max(-DRAWABLE_MAX, Math.min(DRAWABLE_MAX, number));
export const hasBand = sample => sample.length > EXPECTED;

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

// Rows for dygraphs: [Date, expected's [low, middle, high], value's]; between samples that are further apart than three
// usual intervals, or whose numbers miss some, an empty one, so that the line is open there.
export function rowsOf(samples, threshold) {
  const rows = [];
  const usual = intervalOf(samples);
  let before = null;
  for (const sample of samples) {
    if (before) {
      const misses = sample[N] > before[N] + 1 && before[N] > 0 && sample[N] > 0;
      const distance = sample[TS] - before[TS];
      if (misses || (usual > 0 && distance > 3 * usual)) {
        rows.push([new Date(before[TS] + distance / 2), [null, null, null], [null, null, null]]);
      }
    }
    const [low, high] = hasBand(sample) ? bandOf(sample, threshold) : [null, null];
    const value = drawable(sample[VALUE]);
    rows.push([new Date(sample[TS]), [low, hasBand(sample) ? drawable(sample[EXPECTED]) : null, high],
               [value, value, value]]);
    before = sample;
  }
  return rows;
}

// The range of values that is shown: the bulk of them and a margin; a single absurd value does not squeeze the rest. Of
// the band what does not flatten the values.
export function rangeOf(samples, threshold) {
  const values = samples.map(sample => drawable(sample[VALUE])).sort((a, b) => a - b);
  if (values.length === 0) return [0, 1];
  let low = values[0], high = values[values.length - 1];
  const inner = share => values[Math.min(values.length - 1, Math.floor(share * values.length))];
  const bulk = inner(0.98) - inner(0.02);
  if (values.length >= 50 && bulk > 0) {
    low = Math.max(low, inner(0.02) - 8 * bulk);
    high = Math.min(high, inner(0.98) + 8 * bulk);
  }
  const size = Math.max(Math.abs(low), Math.abs(high));
  if (high - low <= Math.max(size * 1e-12, 1e-12)) {
    const half = Math.max(size * 0.05, 0.5);
    low -= half;
    high += half;
  }
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

// The sample nearest in time.
export function nearest(samples, ts) {
  let best = null;
  for (const sample of samples) {
    if (!best || Math.abs(sample[TS] - ts) < Math.abs(best[TS] - ts)) best = sample;
  }
  return best;
}
