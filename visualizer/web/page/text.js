// Numbers, times and counts as people read them.

import {COUNT, EXPECTED, HIGH, LOW, N, SCORE, SIGMA, TS, VALUE, Z, bandOf, countOf, hasBand} from './sample.js';

const TIME_MAX = 8.64e15;  // of a Date

export const counted = (count, one, many) => count + ' ' + (count === 1 ? one : many);

export function formatNumber(number) {
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return number.toExponential(3);
  return String(Number(number.toPrecision(6)));
}

const two = number => String(number).padStart(2, '0');

// Milliseconds only where there are any. Local time, or UTC.
export function formatTime(ts, isUtc = true) {
  if (Math.abs(ts) > TIME_MAX) return String(ts);
  const at = new Date(ts);
  const millis = ts % 1000 === 0 ? '' : '.' + String(((ts % 1000) + 1000) % 1000).padStart(3, '0');
  if (isUtc) return at.toISOString().slice(0, 19).replace('T', ' ') + millis;
  return at.getFullYear() + '-' + two(at.getMonth() + 1) + '-' + two(at.getDate()) + ' ' + two(at.getHours()) + ':' +
      two(at.getMinutes()) + ':' + two(at.getSeconds()) + millis;
}

// How long ago.
export function ageText(milliseconds) {
  if (milliseconds < 0) return 'not seen yet';
  if (milliseconds < 10000) return (milliseconds / 1000).toFixed(1) + ' s';
  return durationText(Math.round(milliseconds / 1000));
}

// What stands beside a chart's name while nobody points at it.
export function summaryText(last, age, unit) {
  return [last[N] > 0 && 'n ' + last[N], 'last ' + valueText(last[VALUE], unit), age].filter(x => x).join(' \u00b7 ');
}

function valueText(value, unit) {
  return formatNumber(value) + (unit ? ' ' + unit : '');
}

// Of a chart: what people call the stream, where somebody has said, its name and that of the feature.
export function titleText(stream, feature, called) {
  return [called, stream, feature].filter(x => x).join(' \u00b7 ');
}

// How long the beginning is that all names share, up to a separator: what tells long names apart is behind it.
export function sharedFront(names) {
  const [first = '', ...others] = names;
  if (others.length === 0) return 0;
  let length = first.length;
  for (const name of others) while (!name.startsWith(first.slice(0, length))) --length;
  const front = first.slice(0, length).search(/[/._: -][^/._: -]*$/) + 1;
  return names.some(name => name.length === front) ? 0 : front;
}

// What stands there for the sample that is pointed at.
export function pointText(sample, threshold, isUtc, unit) {
  const said = [];
  if (sample[N] > 0) said.push('n ' + sample[N]);
  said.push(formatTime(sample[TS], isUtc), 'value ' + valueText(sample[VALUE], unit));
  if (countOf(sample) > 1) {
    said.push('the newest of ' + sample[COUNT] + ', ' + formatNumber(sample[LOW]) + ' to ' +
              formatNumber(sample[HIGH]));
  }
  if (hasBand(sample)) {
    said.push('expected ' + formatNumber(sample[EXPECTED]) + ' \u00b1 ' + formatNumber(threshold * sample[SIGMA]),
              'sigma ' + formatNumber(sample[SIGMA]));
    if (typeof sample[Z] === 'number') said.push('z ' + formatNumber(sample[Z]));
    if (typeof sample[SCORE] === 'number') said.push('score ' + formatNumber(sample[SCORE]));
  }
  return said.join(' \u00b7 ');
}

// Value, expected, sigma, band, z, score of a sample that has a band.
export function partsOf(sample, threshold) {
  const known = number => typeof number === 'number' ? formatNumber(number) : '';
  const [low, high] = bandOf(sample, threshold);
  return [formatNumber(sample[VALUE]), formatNumber(sample[EXPECTED]), formatNumber(sample[SIGMA]),
          formatNumber(low) + ' to ' + formatNumber(high), known(sample[Z]), known(sample[SCORE])];
}

export function driftText(stream, [n, ts, width, mean, before], isUtc) {
  return [formatTime(ts, isUtc), stream, 'n ' + n, 'mean ' + formatNumber(before) + ' \u2192 ' + formatNumber(mean),
          'window now ' + width + ' points wide'].join(' \u00b7 ');
}

// Events on a chart.
export const isAbout = (event, {stream, feature}) => event.stream === stream &&
    (event.feature === '' || feature === '' || event.feature === feature);

// 'shift up'; an event that goes on ends with an ellipsis.
export function spanText({kind, direction, over}) {
  return (direction === '' ? kind : kind + ' ' + direction) + (over ? '' : ' \u2026');
}

// "shift up of temperature".
export function eventTitle({kind, direction, feature}) {
  return [kind, direction, feature && 'of ' + feature].filter(part => part).join(' ');
}

// From when, and for how long or that it goes on.
export function eventTime({from, to, over}, isUtc = true) {
  if (!over) return 'since ' + formatTime(from, isUtc);
  const seconds = ((to ?? from) - from) / 1000;
  return formatTime(from, isUtc) + (seconds > 0 ? ', ' + durationText(seconds) : '');
}

export function durationText(seconds) {
  if (seconds < 120) return formatNumber(seconds) + ' s';
  if (seconds < 7200) return Math.round(seconds / 60) + ' min';
  return seconds < 172800 ? Math.round(seconds / 3600) + ' h' : Math.round(seconds / 86400) + ' days';
}

// What stands in place of charts where there are none.
export function emptyText({server, state}) {
  if (state !== 'live') return 'No verdict yet.';
  return 'Nothing has come yet. A point is one line to ' + server + ', such as {"stream":"cpu","value":0.42}';
}

// How many streams the list is of.
export function foundText({found, streams}) {
  if (streams === 0) return 'no streams yet';
  const all = counted(streams, 'stream', 'streams');
  return found === streams ? all + ', the worst first' : found + ' of ' + all;
}

// What was left out, beside the server's name.
export function noticeText({others, missed}) {
  const notices = [];
  if (others > 0) notices.push(others + ' points of further streams left out');
  if (missed > 0) notices.push('missed ' + counted(missed, 'verdict', 'verdicts'));
  return notices.join(', ');
}
