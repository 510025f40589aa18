// What is folded below the charts: the width and the mean of ADWIN's window, the cuts, and what the expectation of the
// newest point is made of.

import {hasBand} from './sample.js';
import {driftText, partsOf} from './text.js';
import {WidthChart} from './width_chart.js';

export class DriftFold {
  constructor(root) {
    this.root = root;
    this.widths = new WidthChart(root.querySelector('.widths'));
    this.cuts = root.querySelector('.cuts');
    this.parts = root.querySelector('table');
  }

  // Its colours have changed.
  clear() {
    this.widths.clear();
  }

  show(streams, look) {
    if (!this.root.open) return;
    this.widths.show(streams, look);
    const lines = streams.flatMap(stream => (stream.drifts ?? []).map(cut => driftText(stream.name, cut, look.isUtc)));
    this.cuts.replaceChildren(...lines.reverse().map(line => {
      const made = document.createElement('p');
      made.textContent = line;
      return made;
    }));
    if (lines.length === 0) this.cuts.textContent = this.widths.graph ? 'no cut since the viewer came' :
        'no cut since the viewer came, so the width of the window is not known';
    this.showParts(streams.flatMap(stream => stream.charts), look.threshold);
  }

  showParts(charts, threshold) {
    const rows = charts.flatMap(chart => {
      const last = chart.samples.findLast(hasBand);
      return last ? [[chart.title(), ...partsOf(last, threshold)]] : [];
    });
    this.parts.hidden = rows.length === 0;
    this.parts.tBodies[0].replaceChildren(...rows.map(cells => {
      const row = document.createElement('tr');
      for (const [at, text] of cells.entries()) {
        row.appendChild(document.createElement(at === 0 ? 'th' : 'td')).textContent = text;
      }
      return row;
    }));
  }
}
