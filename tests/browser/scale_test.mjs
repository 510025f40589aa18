// Ranges and ticks of the axes.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {extent, niceStep, opened, ticks, timeStep, valueRange} from '../../visualizer/web/page/scale.js';

test('a range of one number is opened, also where adding one changes nothing', () => {
  assert.deepEqual(opened(3, 3), [2.5, 3.5]);
  const [least, most] = opened(1e300, 1e300);
  assert.ok(least < most && Number.isFinite(most - least));
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
