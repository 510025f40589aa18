import assert from 'node:assert/strict';
import {test} from 'node:test';

import {partsOf} from '../../visualizer/web/page/text.js';
import {widthRows} from '../../visualizer/web/page/width_chart.js';

const sample = n => [n, n * 1000, 20, 0];
const widths = rows => rows.map(([, width]) => width);

test('the window grows by a point each from cut to cut', () => {
  const rows = widthRows([1, 2, 3, 4, 5].map(sample), [[3, 3000, 2, 21.5, 20]], true);
  assert.deepEqual(widths(rows), [1, 2, 2, 3, 4]);
  assert.deepEqual(rows.map(([, , mean]) => mean), [null, null, 21.5, 21.5, 21.5]);
});

test('before the first cut of a stream that was come to late the width is not known', () => {
  assert.deepEqual(widths(widthRows([7, 8, 9].map(sample), [[9, 9000, 4, 1, 0]], false)), [null, null, 4]);
  assert.deepEqual(widthRows([[0, 1000, 20, 0]], [], true), [], 'nor that of points of before');
});

test('the parts of an expectation are numbers for people', () => {
  assert.deepEqual(partsOf([1, 1000, 20.5, 0, 20, 0.5, 1, null], 5), ['20.5', '20', '0.5', '17.5 to 22.5', '1', '']);
});
