import assert from 'node:assert/strict';
import {test} from 'node:test';

import {drawBand, runsOf} from '../../visualizer/web/page/band.js';

const area = {y: 10, h: 100};
const at = (canvasx, y_top, y_bottom, yval = 1) => ({canvasx, yval, y_top, y_bottom});

test('a band is one run of edges in pixels up to each gap', () => {
  const points = [at(0, 0.1, 0.3), at(5, 0.2, 0.4), at(7, NaN, NaN, null), at(9, 0, 1), at(12, 0, 1)];
  assert.deepEqual(runsOf(points, area), [[[0, 20, 40], [5, 30, 50]], [[9, 10, 110], [12, 10, 110]]]);
});

test('edges may stand either way round', () => {
  assert.deepEqual(runsOf([at(0, 0.3, 0.1), at(5, 0.4, 0.2)], area), [[[0, 40, 20], [5, 50, 30]]]);
});

test('a point between two gaps, or a band without width, has no ground', () => {
  assert.deepEqual(runsOf([at(0, 0.1, 0.3), at(1, NaN, NaN, null), at(2, 0.5, 0.5), at(3, 0.6, 0.6)], area), []);
});

test('each run is filled once, along its upper and back along its lower edge', () => {
  const calls = [];
  const pen = {save() {}, restore() {}, beginPath() { calls.push('begin'); }, fill() { calls.push('fill'); },
               lineTo(x, y) { calls.push([x, y]); }};
  drawBand({points: [at(0, 0, 1), at(5, 0.5, 1)], plotArea: area, drawingContext: pen, color: 'blue',
            setName: 'expected', dygraph: {getNumericOption: () => 0.2}});
  assert.deepEqual(calls, ['begin', [0, 10], [5, 60], [5, 110], [0, 110], 'fill']);
});
