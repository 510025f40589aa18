// Numbers, times and counts as people read them.

import {EXPECTED, N, SIGMA, TS, VALUE, hasBand} from './sample.js';

const TIME_MAX = 8.64e15;  // of a Date

export const counted = (count, one, many) => count + ' ' + (count === 1 ? one : many);

export function formatNumber(number) {
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return number.toExponential(3);
  return String(Number(number.toPrecision(6)));
}

// Milliseconds only where there are any.
export function formatTime(ts) {
  if (Math.abs(ts) > TIME_MAX) return String(ts);
  return new Date(ts).toISOString().slice(0, ts % 1000 === 0 ? 19 : 23).replace('T', ' ');
}

// A tick of the value's axis, whose neighbours are `step` away.
export function valueTick(number, step) {
  const size = Math.max(Math.abs(number), step);
  if (size >= 1e6 || step < 1e-4) {
    // As many digits as tell neighbours apart.
    const digits = Math.min(15, Math.max(4, Math.ceil(Math.log10(size / step)) + 1));
    const rounded = Number(number.toPrecision(digits));
    return digits > 6 && size < 1e15 ? String(rounded) : rounded.toExponential();
  }
  return number.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

// A tick of the time axis, in UTC.
export function timeTick(ts, step) {
  if (Math.abs(ts) > TIME_MAX) return ts.toExponential(3);
  const text = new Date(ts).toISOString();
  if (step >= 86400000) return text.slice(0, 10);
  if (step >= 60000) return text.slice(11, 16);
  const places = step >= 1000 ? 0 : step >= 100 ? 2 : step >= 10 ? 3 : 4;  // with the point
  return text.slice(11, 19 + places);
}

// What stands beside a panel's name while nobody points at it.
export function summaryText(last, [anomalies, drifts, alarms]) {
  return ['n ' + last[N], 'last ' + formatNumber(last[VALUE]), counted(anomalies, 'anomaly', 'anomalies'),
          counted(drifts, 'drift', 'drifts'), counted(alarms, 'alarm', 'alarms')].join(' \u00b7 ');
}

// What stands there for the sample that is pointed at.
export function pointText(sample, threshold) {
  const said = ['n ' + sample[N], formatTime(sample[TS]), 'value ' + formatNumber(sample[VALUE])];
  if (hasBand(sample)) {
    said.push('expected ' + formatNumber(sample[EXPECTED]) + ' \u00b1 ' + formatNumber(threshold * sample[SIGMA]));
  }
  return said.join(' \u00b7 ');
}

// "shift up of temperature".
export function eventTitle({kind, direction, feature}) {
  return [kind, direction, feature && 'of ' + feature].filter(part => part).join(' ');
}

// From when, and for how long or that it goes on.
export function eventTime({from, to, over}) {
  if (!over) return 'since ' + formatTime(from);
  const seconds = ((to ?? from) - from) / 1000;
  return formatTime(from) + (seconds > 0 ? ', ' + durationText(seconds) : '');
}

export function durationText(seconds) {
  if (seconds < 120) return formatNumber(seconds) + ' s';
  if (seconds < 7200) return Math.round(seconds / 60) + ' min';
  return seconds < 172800 ? Math.round(seconds / 3600) + ' h' : Math.round(seconds / 86400) + ' days';
}

// What was left out, beside the server's name.
export function noticeText({others, missed}) {
  const notices = [];
  if (others > 0) notices.push('and ' + others + ' more series');
  if (missed > 0) notices.push('missed ' + counted(missed, 'verdict', 'verdicts'));
  return notices.join(', ');
}
