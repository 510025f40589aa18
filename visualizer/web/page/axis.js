// The axes of a chart, written on its canvas. The plugin that dygraphs has makes elements of every label at each draw,
// and the browser lays them all out anew.

const APART = 6;  // pixels between a label and the chart

const halfway = pixel => Math.round(pixel) + 0.5;

function line(pen, x, y, toX, toY) {
  pen.beginPath();
  pen.moveTo(halfway(x), halfway(y));
  pen.lineTo(halfway(toX), halfway(toY));
  pen.stroke();
}

// What was written beside the chart before.
function wipeAround(pen, {x, y, w, h}, width, height) {
  pen.clearRect(0, 0, x, height);
  pen.clearRect(x + w, 0, width - x - w, height);
  pen.clearRect(x, 0, w, y);
  pen.clearRect(x, y + h, w, height - y - h);
}

// Where a label's middle is, so that all of it is between the edges.
export function keptWithin(middle, width, most) {
  return Math.max(width / 2, Math.min(most - width / 2, middle));
}

// What dygraphs writes at a tick is markup, with &#160; in a date, and between seconds the second alone, 27.500, which
// looks like a value: it gets its hour and minute.
export function timeTickText(text, date, isUtc) {
  if (text.includes('&#160;')) return text.replaceAll('&#160;', '\u00a0');
  if (!/^\d\d\.\d{3}$/.test(text)) return text;
  const [hour, minute] = isUtc ? [date.getUTCHours(), date.getUTCMinutes()] : [date.getHours(), date.getMinutes()];
  return [hour, minute].map(number => String(number).padStart(2, '0')).join(':') + ':' + text.replace(/\.?0+$/, '');
}

export const timeTick = (date, granularity, option) =>
  timeTickText(Dygraph.dateAxisLabelFormatter(date, granularity, option), date, option('labelsUTC'));

export class CanvasAxes {
  toString() {
    return 'axes on the canvas';
  }

  activate() {
    return {layout: this.takeRoom, willDrawChart: this.draw};
  }

  takeRoom({dygraph: graph, reserveSpaceLeft, reserveSpaceBottom, reserveSpaceRight}) {
    const room = axis => graph.getOptionForAxis('axisLabelWidth', axis) + APART;
    reserveSpaceLeft(room('y'));
    reserveSpaceBottom(graph.getOptionForAxis('axisLabelFontSize', 'x') + 2 * APART);
    if (graph.numAxes() === 2) reserveSpaceRight(room('y2'));
  }

  draw({dygraph: graph, drawingContext: pen}) {
    const area = graph.getArea();
    // Whatever dygraphs draws is clipped to the area; what it has saved is the state without that.
    pen.restore();
    pen.save();
    wipeAround(pen, area, graph.width_, graph.height_);
    this.drawLines(pen, area, graph);
    this.drawLabels(pen, area, graph);
    pen.restore();
    pen.save();
    pen.beginPath();
    pen.rect(area.x, area.y, area.w, area.h);
    pen.clip();
  }

  drawLines(pen, {x, y, w, h}, graph) {
    pen.strokeStyle = graph.getOptionForAxis('axisLineColor', 'x');
    pen.lineWidth = 1;
    line(pen, x, y, x, y + h);
    line(pen, x, y + h - 1, x + w, y + h - 1);
    if (graph.numAxes() === 2) line(pen, x + w - 1, y, x + w - 1, y + h);
  }

  drawLabels(pen, {x, y, w, h}, graph) {
    const {xticks, yticks} = graph.layout_;
    const size = graph.getOptionForAxis('axisLabelFontSize', 'x');
    pen.fillStyle = graph.getOption('labelColour');
    pen.font = size + 'px system-ui, sans-serif';
    pen.textBaseline = 'middle';
    for (const {label, pos, axis} of yticks) {
      if (label === undefined) continue;
      pen.textAlign = axis === 1 ? 'left' : 'right';
      pen.fillText(label, axis === 1 ? x + w + APART : x - APART, keptWithin(y + pos * h, size, y + h));
    }
    pen.textAlign = 'center';
    pen.textBaseline = 'top';
    for (const {label, pos} of xticks) {
      if (label === undefined) continue;
      pen.fillText(label, keptWithin(x + pos * w, pen.measureText(label).width, graph.width_), y + h + APART);
    }
  }
}
