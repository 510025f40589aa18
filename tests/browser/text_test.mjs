// Numbers and times as people read them.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {durationText, eventTime, eventTitle, formatNumber, formatTime, noticeText, pointText, summaryText, timeTick,
        valueTick} from '../../visualizer/web/page/text.js';

test('numbers keep six digits and leave the plain form only where it gets long', () => {
  assert.equal(formatNumber(0), '0');
  assert.equal(formatNumber(21.123456789), '21.1235');
  assert.equal(formatNumber(-1234567), '-1234570');
  assert.equal(formatNumber(1.5e9), '1.500e+9');
  assert.equal(formatNumber(0.00001), '1.000e-5');
});

test('a time beyond the calendar is shown as the number it is', () => {
  assert.equal(formatTime(1764000000000), '2025-11-24 16:00:00');
  assert.equal(formatTime(1764000000007), '2025-11-24 16:00:00.007');
  assert.equal(formatTime(9e15), '9000000000000000');
  assert.equal(timeTick(9e15, 1), '9.000e+15');
});

test('ticks show as many places as tell neighbours apart', () => {
  assert.equal(valueTick(20, 5), '20');
  assert.equal(valueTick(0.1 + 0.2, 0.1), '0.3');
  assert.equal(valueTick(2.5e7, 5e6), '2.5e+7');
  assert.equal(timeTick(1764000000000, 86400000), '2025-11-24');
  assert.equal(timeTick(1764000000000, 60000), '16:00');
  assert.equal(timeTick(1764000001000, 1000), '16:00:01');
  assert.equal(timeTick(1764000001250, 200), '16:00:01.2');
  assert.equal(timeTick(1764000001255, 5), '16:00:01.255');
  assert.equal(valueTick(1000000000.25, 0.05), '1000000000.25');
});

test('a point is told with its expectation, where it has one', () => {
  assert.equal(pointText([17, 1764000000000, 0.5, 0], 5), 'n 17 \u00b7 2025-11-24 16:00:00 \u00b7 value 0.5');
  assert.match(pointText([17, 1764000000000, 0.5, 0, 0.4, 0.1], 5), /expected 0\.4 \u00b1 0\.5$/);
});

test('an event is told by its kind, its beginning and how long it took', () => {
  assert.equal(eventTitle({kind: 'shift', direction: 'up', feature: 'temperature'}), 'shift up of temperature');
  assert.equal(eventTitle({kind: 'stuck', direction: '', feature: ''}), 'stuck');
  assert.equal(eventTime({from: 1764000000000, over: false}), 'since 2025-11-24 16:00:00');
  assert.equal(eventTime({from: 1764000000000, to: 1764000090000, over: true}), '2025-11-24 16:00:00, 90 s');
  assert.equal(eventTime({from: 1764000000000, to: 1764000000000, over: true}), '2025-11-24 16:00:00');
  assert.equal(durationText(1800), '30 min');
  assert.equal(durationText(86400), '24 h');
  assert.equal(durationText(864000), '10 days');
});

test('one is not many', () => {
  assert.equal(summaryText([3, 0, 1, 0], [1, 0, 2]),
               'n 3 \u00b7 last 1 \u00b7 1 anomaly \u00b7 0 drifts \u00b7 2 alarms');
  assert.equal(noticeText({others: 0, missed: 1}), 'missed 1 verdict');
  assert.equal(noticeText({others: 2, missed: 0}), 'and 2 more series');
});
