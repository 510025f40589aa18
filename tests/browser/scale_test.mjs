// Ranges and ticks of the axes.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {extent, niceStep, openedValues, openedX, ticks, timeStep, valueRange} from '../../visualizer/web/page/scale.js';

test('a range of one number is opened, also where adding one changes nothing', () => {
  assert.deepEqual(openedValues(3, 3), [2.5, 3.5]);
  const [least, most] = openedValues(1e300, 1e300);
  assert.ok(least < most && Number.isFinite(most - least));
});

test('a tenth of a second of today is a tenth of a second', () => {
  const now = 1764000123000;
  assert.deepEqual(openedX(now, now + 100, 'time'), [now, now + 100]);
  assert.deepEqual(openedX(now, now, 'time'), [now - 500, now + 500]);
  const step = timeStep(100, 6);
  assert.equal(step, 20);
  assert.equal(ticks([now, now + 100], step).length, 6);
});

test('five points far out are five points', () => {
  assert.deepEqual(openedX(1e12, 1e12 + 4, 'n'), [1e12, 1e12 + 4]);
  const [least, most] = openedX(2 ** 53, 2 ** 53, 'n');
  assert.ok(least < most);
});

test('a small ripple on a large value is not flattened', () => {
  assert.deepEqual(openedValues(1e9, 1e9 + 0.5), [1e9, 1e9 + 0.5]);
});

test('a band that is far wider than the values does not flatten them', () => {
  const [least, most] = valueRange([[1, 0, 10, 0, 10, 1000], [2, 0, 20, 0, 15, 1000]], 5);
  assert.ok(least > -10 && least < 10);
  assert.ok(most > 20 && most < 40);
});

test('values beyond what can be drawn make no infinite range', () => {
  const [least, most] = valueRange([[1, 0, -1.7e308, 0], [2, 0, 1.7e308, 0]], 5);
  assert.ok(Number.isFinite(least) && Number.isFinite(most) && Number.isFinite(most - least));
});

test('steps are round and few', () => {
  assert.equal(niceStep(10, 5), 2);
  assert.equal(niceStep(0.7, 7), 0.1);
  assert.equal(timeStep(3600000, 6), 600000);
  assert.deepEqual(ticks([0.5, 3.5], 1), [1, 2, 3]);
  assert.ok(ticks([1e300, 2e300], 1).length <= 20);
});

test('the extent of no samples is empty', () => {
  const [least, most] = extent([], sample => sample[0]);
  assert.ok(least > most);
});
