// Samples as rows and ranges.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {extremeOf, intervalOf, nearest, neededOf, rangeOf, rowsOf} from '../../visualizer/web/page/sample.js';

const plain = (n, ts, value) => [n, ts, value, 0];

test('a band is drawn where there is one', () => {
  const [first, second] = rowsOf([plain(1, 1000, 5), [2, 2000, 6, 0, 5, 0.5, 2, null]], 4);
  assert.deepEqual(first, [new Date(1000), [null, null, null], [5, 5, 5]]);
  assert.deepEqual(second, [new Date(2000), [3, 5, 7], [6, 6, 6]]);
});

test('a line is open across what was missed, and across a hole in time', () => {
  const isOpen = rows => rows.filter(row => row[2][0] === null).length;
  const even = [1, 2, 3, 4, 5].map(n => plain(n, n * 1000, n));
  assert.equal(isOpen(rowsOf(even, 5)), 0);
  assert.equal(isOpen(rowsOf([...even, plain(7, 6000, 1)], 5)), 1);
  assert.equal(isOpen(rowsOf([...even, plain(6, 60000, 1)], 5)), 1);
});

test('a single absurd value does not squeeze the rest', () => {
  const samples = Array.from({length: 200}, (_, i) => plain(i + 1, i, Math.sin(i)));
  const [low, high] = rangeOf([...samples, plain(201, 201, 1e9)], 5);
  assert.ok(low > -50 && high < 50, low + ' ' + high);
  assert.ok(rangeOf([plain(1, 1, 3), plain(2, 2, 3)], 5)[0] < 3, 'a range of one number is opened');
});

test('a band that would flatten the values is cut', () => {
  const [low, high] = rangeOf([plain(1, 1, 0), [2, 2, 1, 0, 0.5, 1000, 0, null]], 5);
  assert.ok(low > -2 && high < 3);
});

test('the usual distance is the median, and the nearest sample is found in time', () => {
  const samples = [0, 10, 20, 30, 500].map((ts, i) => plain(i + 1, ts, 0));
  assert.equal(intervalOf(samples), 10);
  assert.equal(intervalOf([]), 0);
  assert.equal(nearest(samples, 26)[1], 30);
});

test('what stands for several points is drawn as far as they went, and is no gap', () => {
  const summed = [7, 2000, 6, 1, 5, 0.5, 2, null, 6, 2, 9];
  const rows = rowsOf([plain(1, 1000, 5), summed], 4);
  assert.equal(rows.length, 2);
  assert.deepEqual(rows[1][2], [2, 6, 9]);
  assert.equal(extremeOf(summed), 9);
  assert.equal(extremeOf(plain(1, 1000, 5)), 5);
  const unbanded = [7, 2000, 6, 1, null, null, null, null, 6, 2, 9];
  assert.deepEqual(rowsOf([unbanded], 4)[0][1], [null, null, null]);
});

// As in tests/unit/visualizer/plot: the bulk of the values four times, of the band's edges nine in ten.
test('the range is that of the pictures', () => {
  const samples = Array.from({length: 100}, (_, i) => plain(i + 1, i, i));
  const [low, high] = rangeOf([...samples, plain(101, 101, 1000)], 5);
  const most = 99;  // and no room for the 1000
  assert.ok(Math.abs(low - -0.06 * most) < 1e-9, low);
  assert.ok(Math.abs(high - 1.14 * most) < 1e-9, high);
});

test('of more samples than pixels the lowest and the highest of every two are drawn, and no gap comes of it', () => {
  const many = Array.from({length: 10000}, (_, i) => plain(i + 1, i * 10, i === 4321 ? 99 : i === 8765 ? -99 : i % 7));
  const needed = neededOf(many, [0, 100000], 400);
  const rows = rowsOf(many, 5, needed);
  assert.ok(rows.length > 200 && rows.length <= 410, 'rows: ' + rows.length);
  assert.ok(rows.some(row => row[2][1] === 99) && rows.some(row => row[2][1] === -99), 'a spike is lost');
  assert.ok(rows.every(row => row[2][0] !== null), 'a gap');
  assert.deepEqual([rows[0][0].getTime(), rows.at(-1)[0].getTime()], [0, 99990]);
  assert.ok(neededOf(many.slice(0, 400), [0, 4000], 400).every(is => is === 1), 'few are all drawn');
});

test('what is zoomed to has all its samples, and the rest is there for the way back', () => {
  const many = Array.from({length: 10000}, (_, i) => plain(i + 1, i * 10, i % 7));
  const needed = neededOf(many, [50000, 51000], 400);
  assert.ok(needed.slice(5000, 5101).every(is => is === 1));
  assert.ok(needed.reduce((sum, is) => sum + is, 0) < 600);
});
