// Events as spans on a panel.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {spanText, spansOf} from '../../visualizer/web/page/span.js';

const shift = {event: 17, stream: 'pump.7', feature: '', kind: 'shift', direction: 'up', told_n: 1203, told: 123000,
               from_n: 1195, from: 115000, over: false};
const panel = {stream: 'pump.7', feature: ''};
const places = spans => spans.map(({from, to}) => [from, to]);

test('an event that goes on reaches to the newest point', () => {
  assert.deepEqual(places(spansOf([shift], panel, [1000, 1300], 'n')), [[1195, 1300]]);
  assert.equal(spanText(shift), 'shift up \u2026');
});

test('one that is over ends where it ended, on either axis', () => {
  const over = {...shift, to_n: 1210, to: 130000, over: true};
  assert.deepEqual(places(spansOf([over], panel, [1000, 1300], 'n')), [[1195, 1210]]);
  assert.deepEqual(places(spansOf([over], panel, [100000, 200000], 'time')), [[115000, 130000]]);
  assert.equal(spanText(over), 'shift up');
});

test('one of another stream, another feature or another time is not there', () => {
  assert.deepEqual(spansOf([shift], {stream: 'pump.8', feature: ''}, [1000, 1300], 'n'), []);
  const hot = {...shift, feature: 'temperature'};
  assert.deepEqual(spansOf([hot], {stream: 'pump.7', feature: 'humidity'}, [1000, 1300], 'n'), []);
  assert.equal(spansOf([hot], {stream: 'pump.7', feature: 'temperature'}, [1000, 1300], 'n').length, 1);
  assert.deepEqual(spansOf([shift], panel, [0, 1000], 'n'), []);
});

test('one that is partly in view is cut at the edge', () => {
  assert.deepEqual(places(spansOf([shift], panel, [1200, 1300], 'n')), [[1200, 1300]]);
});
