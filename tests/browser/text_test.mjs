// Numbers and times as people read them.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {ageText, driftText, durationText, emptyText, eventTime, eventTitle, formatNumber, formatTime,
        foundText, isAbout, noticeText, pointText, sharedFront, spanText, summaryText, titleText}
    from '../../visualizer/web/page/text.js';

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
});

test('a point is told with its expectation, where it has one', () => {
  assert.equal(pointText([17, 1764000000000, 0.5, 0], 5), 'n 17 \u00b7 2025-11-24 16:00:00 \u00b7 value 0.5');
  assert.match(pointText([17, 1764000000000, 0.5, 0, 0.4, 0.1, 1, 0.3], 5),
               /expected 0\.4 \u00b1 0\.5 \u00b7 sigma 0\.1 \u00b7 z 1 \u00b7 score 0\.3$/);
});

test('a chart says what people call its stream, and its values their unit', () => {
  assert.equal(titleText('db.1.latency', '', 'Latency of 1'), 'Latency of 1 \u00b7 db.1.latency');
  assert.equal(titleText('db.1.latency', 'p99'), 'db.1.latency \u00b7 p99');
  assert.equal(summaryText([3, 0, 1, 0], '', 'ms'), 'n 3 \u00b7 last 1 ms');
  assert.match(pointText([17, 1764000000000, 0.5, 0], 5, true, 'ms'), /value 0\.5 ms$/);
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

test('one is not many, and an age is as long as it is', () => {
  assert.equal(summaryText([3, 0, 1, 0], '0.5 s'), 'n 3 \u00b7 last 1 \u00b7 0.5 s');
  assert.equal(noticeText({others: 0, missed: 1}), 'missed 1 verdict');
  assert.equal(foundText({found: 1, streams: 1}), '1 stream, the worst first');
  assert.equal(foundText({found: 0, streams: 40}), '0 of 40 streams');
  assert.equal(noticeText({others: 2, missed: 0}), '2 points of further streams left out');
  assert.deepEqual([-1, 500, 12400, 7200000].map(ageText), ['not seen yet', '0.5 s', '12 s', '2 h']);
});

test('an event is about the charts of its stream, or of its feature', () => {
  const event = {stream: 'pump', feature: 'heat', kind: 'shift', direction: 'up', over: false};
  assert.ok(isAbout(event, {stream: 'pump', feature: 'heat'}));
  assert.ok(isAbout({...event, feature: ''}, {stream: 'pump', feature: 'x'}));
  assert.ok(!isAbout(event, {stream: 'pump', feature: 'flow'}) && !isAbout(event, {stream: 'cpu', feature: ''}));
  assert.equal(spanText(event), 'shift up \u2026');
  assert.match(driftText('pump', [9, 1764000000000, 40, 26, 21]), /n 9 .* mean 21 \u2192 26 .* 40 points/);
});

test('what long names share is known up to a separator', () => {
  assert.equal(sharedFront(['plant/line-10/x', 'plant/line-17/x']), 'plant/line-'.length);
  assert.equal(sharedFront(['pump', 'pumice']), 0);
  assert.equal(sharedFront(['a.', 'a.b']), 0);
  assert.equal(sharedFront(['only/one']), 0);
  assert.equal(sharedFront([]), 0);
});

test('a page without streams says how points come, once the server is there', () => {
  assert.equal(emptyText({server: 'plant:7171', state: 'live'}),
               'Nothing has come yet. A point is one line to plant:7171, such as {"stream":"cpu","value":0.42}');
  assert.equal(emptyText({server: 'plant:7171', state: 'connecting'}), 'No verdict yet.');
  assert.equal(foundText({found: 0, streams: 0}), 'no streams yet');
});
