// What is shown, as a link and back.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {linkOf, stateOf} from '../../visualizer/web/page/state.js';

test('a link brings back what was shown', () => {
  const state = {streams: ['pump.7', 'cpu,host=a&b'], from: 1764000000000, to: 1764000060000, event: 17,
                 match: 'pump.*',                 show: 'open', zone: 'utc'};
  assert.deepEqual(stateOf(linkOf(state)), state);
});

test('times may be RFC 3339, and what makes no sense is left out', () => {
  assert.equal(stateOf('#stream=a&from=2025-11-24T16:00:00Z').from, 1764000000000);
  const {from, to, event, streams} = stateOf('#from=yesterday&to=&event=x&stream=');
  assert.deepEqual([from, to, event, streams], [null, null, null, []]);
  assert.deepEqual(stateOf('').streams, []);
});
