// What the events bring (feed.hpp says how), and how a sample's parts are called.
//
// A sample is [n, ts, value, flags] and, where there is a band, [.., expected, sigma].

export const N = 0, TS = 1, VALUE = 2, FLAGS = 3, EXPECTED = 4, SIGMA = 5;
export const ANOMALY = 1, DRIFT = 2, ALARM = 4, LABELLED = 8;

const DRAWABLE_MAX = 1e300;  // so that no span overflows

export const drawable = number => Math.max(-DRAWABLE_MAX, Math.min(DRAWABLE_MAX, number));
export const hasBand = sample => sample.length > EXPECTED;

// The lower and the upper edge.
export function bandOf(sample, threshold) {
  const half = threshold * sample[SIGMA];
  return [drawable(sample[EXPECTED] - half), drawable(sample[EXPECTED] + half)];
}

export const xOf = (sample, axis) => axis === 'time' ? sample[TS] : sample[N];
