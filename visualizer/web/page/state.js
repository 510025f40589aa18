// What the page shows, as a link that can be sent: #stream=pump.7&stream=pump.8&from=..&to=..&event=17. Times are
// milliseconds since 1970 or RFC 3339.

const WORDS = ['match', 'show', 'zone'];

function timeOf(text) {
  if (!text) return null;
  const number = /^-?\d+$/.test(text) ? Number(text) : Date.parse(text);
  return Number.isFinite(number) ? number : null;
}

export function stateOf(hash) {
  const query = new URLSearchParams(hash.replace(/^#/, ''));
  const state = {streams: query.getAll('stream').filter(name => name !== ''), from: timeOf(query.get('from')),
                 to: timeOf(query.get('to')), event: Number(query.get('event')) || null};
  for (const word of WORDS) state[word] = query.get(word) ?? '';
  return state;
}

export function linkOf(state) {
  const query = new URLSearchParams();
  for (const name of state.streams) query.append('stream', name);
  for (const key of ['from', 'to', 'event']) if (typeof state[key] === 'number') query.set(key, state[key]);
  for (const word of WORDS) if (state[word]) query.set(word, state[word]);
  return '#' + query.toString();
}
