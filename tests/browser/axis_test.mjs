// Labels of an axis.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {keptWithin} from '../../visualizer/web/page/axis.js';

test('a label is all within the picture', () => {
  assert.equal(keptWithin(50, 20, 100), 50);
  assert.equal(keptWithin(95, 20, 100), 90);
  assert.equal(keptWithin(2, 20, 100), 10);
});
