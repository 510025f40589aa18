// Where the names of events stand in a chart: in a few lines, none upon another.

const LINES_MAX = 3;
const BESIDE = 7;  // pixels from where it began: clear of the mark of the point that was flagged there
const GAP = 6;     // between two in a line

// For each of `spans` ({left, width, severity}: where it begins, how wide its name is, pixels) the name's {x, line}
// between `from` and `to`, or null where no line has room for it. The gravest choose first.
export function placedNames(spans, from, to) {
  const lines = Array.from({length: LINES_MAX}, () => []);
  const places = spans.map(() => null);
  const order = spans.map((_span, i) => i).sort((a, b) => spans[b].severity - spans[a].severity || a - b);
  for (const i of order) {
    const {left, width} = spans[i];
    const x = Math.max(from, Math.min(Math.max(left, from) + BESIDE, to - width - 2));
    const line = lines.findIndex(taken => taken.every(one => x >= one.end + GAP || x + width + GAP <= one.begin));
    if (line < 0) continue;
    lines[line].push({begin: x, end: x + width});
    places[i] = {x, line};
  }
  return places;
}
