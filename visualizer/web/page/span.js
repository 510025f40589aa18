// Events of a stream as spans on its panel.

const isAbout = (event, panel) => event.stream === panel.stream &&
    (event.feature === '' || panel.feature === '' || event.feature === panel.feature);

// 'shift up'; an event that goes on ends with an ellipsis.
export function spanText({kind, direction, over}) {
  return (direction === '' ? kind : kind + ' ' + direction) + (over ? '' : ' \u2026');
}

// Those that are about this panel and in view, within the range of x; one that goes on reaches to the newest point.
export function spansOf(events, panel, [least, most], axis) {
  const spans = [];
  for (const event of events.filter(told => isAbout(told, panel))) {
    const from = axis === 'time' ? event.from : event.from_n;
    const end = axis === 'time' ? event.to ?? event.told : event.to_n ?? event.told_n;
    const to = event.over ? Math.max(from, end) : most;
    if (to < least || from > most) continue;
    spans.push({from: Math.max(from, least), to: Math.min(to, most), text: spanText(event), event});
  }
  return spans;
}
