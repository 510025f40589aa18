// Labels of an axis.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {keptWithin, timeTickText} from '../../visualizer/web/page/axis.js';

test('a label is all within the picture', () => {
  assert.equal(keptWithin(50, 20, 100), 50);
  assert.equal(keptWithin(95, 20, 100), 90);
  assert.equal(keptWithin(2, 20, 100), 10);
});

test('a tick between seconds has its hour and minute', () => {
  const date = new Date(Date.UTC(2026, 10, 29, 3, 5, 27, 500));
  assert.equal(timeTickText('27.500', date, true), '03:05:27.5');
  assert.equal(timeTickText('20.000', date, true), '03:05:20');
  assert.equal(timeTickText('27.500', date, false), date.toTimeString().slice(0, 5) + ':27.5');
  assert.equal(timeTickText('03:05:27', date, true), '03:05:27');
});

test('a tick of a date is text, not markup', () => {
  assert.equal(timeTickText('29&#160;Nov', new Date(0), true), '29\u00a0Nov');
});
