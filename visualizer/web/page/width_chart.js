// The width and the mean of ADWIN's window of the first chosen stream. The server tells both where it cut; from there
// to the next cut the window grows by a point each, and before the first it is as long as the stream, where that was
// heard from its beginning.

import {timeTick} from './axis.js';
import {N, TS} from './sample.js';

const CUT_N = 0, CUT_WIDTH = 2, CUT_MEAN = 3;

// Rows of [Date, width, mean]; null: not known. Samples and cuts are in order.
export function widthRows(samples, cuts, isFromStart) {
  const rows = [];
  let at = 0;
  for (const sample of samples.filter(one => one[N] > 0)) {
    while (at < cuts.length && cuts[at][CUT_N] <= sample[N]) ++at;
    const cut = cuts[at - 1];
    const width = cut ? cut[CUT_WIDTH] + sample[N] - cut[CUT_N] : isFromStart ? sample[N] : null;
    rows.push([new Date(sample[TS]), width, cut ? cut[CUT_MEAN] : null]);
  }
  return rows;
}

export class WidthChart {
  constructor(place) {
    this.place = place;
  }

  clear() {
    this.graph?.destroy();
    this.graph = null;
  }

  show(streams, {colours, isUtc, window}) {
    const first = streams.find(stream => stream.charts.length > 0);
    const rows = first ? widthRows(first.charts[0].samples, first.drifts ?? [], first.isFromStart) : [];
    const isKnown = rows.some(([, width]) => width !== null);
    this.place.hidden = !isKnown;
    if (!isKnown) return this.clear();
    const options = {file: rows, dateWindow: window, labelsUTC: isUtc};
    if (this.graph) return this.graph.updateOptions(options);
    this.graph = new Dygraph(this.place, rows, {
      labels: ['time', 'width in points', 'mean'], dateWindow: window, labelsUTC: isUtc, animatedZooms: false,
      interactionModel: {}, xRangePad: 2, axisLabelFontSize: 12, includeZero: true,
      gridLineColor: colours.grid, axisLineColor: colours.edge, labelColour: colours.pale,
      series: {'width in points': {color: colours.drift, strokeWidth: 1.6, axis: 'y1'},
               mean: {color: colours.value, strokeWidth: 1.4, axis: 'y2', stepPlot: true}},
      axes: {x: {axisLabelWidth: 74, axisLabelFormatter: timeTick}, y: {axisLabelWidth: 62},
             y2: {axisLabelWidth: 62, independentTicks: true}},
    });
  }
}
