// The names of events in a chart.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {placedNames} from '../../visualizer/web/page/event_label.js';

const span = (left, width = 50, severity = 50) => ({left, width, severity});

test('a name stands beside where its event began, in the first line', () => {
  assert.deepEqual(placedNames([span(100), span(300)], 60, 500), [{x: 107, line: 0}, {x: 307, line: 0}]);
});

test('an event that began before what is in view has its name at the edge', () => {
  assert.deepEqual(placedNames([span(-40)], 60, 500), [{x: 67, line: 0}]);
});

test('two that would meet stand one below the other', () => {
  assert.deepEqual(placedNames([span(100), span(110)], 60, 500).map(({line}) => line), [0, 1]);
});

test('two that are moved left by the right edge stand one below the other', () => {
  const [first, last] = placedNames([span(420), span(490)], 60, 500);
  assert.deepEqual([first, last], [{x: 427, line: 0}, {x: 448, line: 1}]);
});

test('where no line has room the gravest keep their names', () => {
  const crowd = [span(100, 50, 10), span(101, 50, 90), span(102, 50, 80), span(103, 50, 70)];
  assert.deepEqual(placedNames(crowd, 60, 500).map(place => place?.line ?? null), [null, 0, 1, 2]);
});

test('a name that is wider than the chart begins at its left edge', () => {
  assert.equal(placedNames([span(80, 600)], 60, 500)[0].x, 60);
});
