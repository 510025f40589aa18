// Events applied one after the other.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {History, titleOf} from '../../visualizer/web/page/history.js';

const about = {server: '127.0.0.1:7171', state: 'live', threshold: 5, axis: 'n', points: 3, others: 0, missed: 0};
const part = (panel, numbers, more = {}) =>
  ({panel, fresh: false, totals: [0, 0, 0], samples: numbers.map(n => [n, n, n, 0]), ...more});
const fresh = (panel, numbers, stream) => part(panel, numbers, {fresh: true, stream, feature: ''});
const numbersOf = panel => panel.samples.map(sample => sample[0]);

test('an increment is appended, and the oldest samples go', () => {
  const history = new History();
  assert.ok(history.apply({...about, at: 7, full: true, panels: [fresh(0, [1, 2], 'a')]}));
  assert.ok(history.apply({...about, at: 8, full: false, panels: [part(0, [3, 4])]}));
  assert.deepEqual(numbersOf(history.panels[0]), [2, 3, 4]);
});

test('a number that is left out is refused and changes nothing', () => {
  const history = new History();
  history.apply({...about, at: 7, full: true, panels: [fresh(0, [1], 'a')]});
  assert.equal(history.apply({...about, at: 9, full: false, panels: [part(0, [3])]}), false);
  assert.deepEqual(numbersOf(history.panels[0]), [1]);
  assert.equal(history.at, 7);
});

test('a fresh panel replaces what was known of it', () => {
  const history = new History();
  history.apply({...about, at: 1, full: true, panels: [fresh(0, [1, 2], 'a')]});
  history.apply({...about, at: 2, full: false, panels: [fresh(0, [1], 'b')]});
  assert.equal(titleOf(history.panels[0]), 'b');
  assert.deepEqual(numbersOf(history.panels[0]), [1]);
});

test('a snapshot with fewer panels lets the others go', () => {
  const history = new History();
  history.apply({...about, at: 1, full: true, panels: [fresh(0, [1], 'a'), fresh(1, [1], 'b')]});
  history.apply({...about, at: 1, full: true, panels: [fresh(0, [1], 'c')]});
  assert.deepEqual(history.panels.map(titleOf), ['c']);
});
