// One chart: one stream, or one feature of it, drawn by dygraphs; over it what was flagged, under it when something was
// going on.

import {CanvasAxes, timeTick} from './axis.js';
import {drawBand} from './band.js';
import {placedNames} from './event_label.js';
import {ALARM, ANOMALY, DRIFT, FLAGS, LABELLED, N, TS, drawable, extremeOf, nearest, neededOf, rangeOf,
        rowsOf} from './sample.js';
import {isAbout, pointText, spanText, summaryText, titleText} from './text.js';

const SAMPLES_MAX = 20000;
const SAY_MS = 800;
const TEXT_TOP = 18;  // pixels: below the alarms

// Its legend puts styles into the markup, which the page's policy forbids; figures stand above the chart.
const {Axes, Legend} = Dygraph.Plugins;
Dygraph.PLUGINS = [...Dygraph.PLUGINS.filter(plugin => plugin !== Legend && plugin !== Axes), CanvasAxes];

// At each draw dygraphs wipes the canvas of what is pointed at, too, and the browser copies that to the screen. It is
// wiped where something was drawn on it, and shown while there is.
function showWhereDrawn(canvas, pen) {
  const wipe = pen.clearRect.bind(pen);
  let isDrawn = true;
  const say = wanted => {
    if (isDrawn === wanted) return;
    isDrawn = wanted;
    canvas.style.opacity = isDrawn ? '' : '0';
  };
  for (const name of ['fill', 'fillRect', 'stroke']) {
    const draw = pen[name].bind(pen);
    pen[name] = (...what) => { say(true); draw(...what); };
  }
  pen.clearRect = (x, y, width, height) => {
    if (isDrawn) wipe(x, y, width, height);
    if (x === 0 && y === 0) say(false);
  };
}

export class Chart {
  // `look`: threshold, colours, isUtc, events. Handlers: moved(from, to) when the reader zooms or pans; pointed(ts)
  // when a time is pointed at (null: no more); pinned(ts).
  constructor(board, stream, feature, look, handlers) {
    Object.assign(this, {stream, feature, look, handlers});
    this.samples = [];
    this.root = board.appendChild(document.createElement('section'));
    this.root.className = 'panel';
    const header = this.root.appendChild(document.createElement('header'));
    header.appendChild(document.createElement('h2')).textContent = this.title();
    this.figures = header.appendChild(document.createElement('p'));
    this.figures.className = 'figures';
    this.place = this.root.appendChild(document.createElement('div'));
    this.place.className = 'plot';
    this.place.tabIndex = 0;
    this.place.setAttribute('role', 'img');
    this.place.setAttribute('aria-label', this.title());
    this.pointer = null;  // the time that is pointed at
    this.age = '';
    this.said = 0;        // when its figures were written
    this.drawn = '';      // what is drawn, as draw() tells one picture from another
    this.isInView = false;
    this.again = () => {};  // draws it as it was asked for last
    this.width = Infinity;  // pixels; not known yet
    this.watcher = new ResizeObserver(([{contentRect}]) => {
      this.width = contentRect.width || Infinity;
      this.graph?.resize();
    });
    this.watcher.observe(this.place);
    this.viewer = new IntersectionObserver(seen => this.see(seen.at(-1).isIntersecting), {rootMargin: '100px'});
    this.viewer.observe(this.root);
  }

  see(isInView) {
    this.isInView = isInView;
    if (isInView) this.again();
  }

  title() {
    return titleText(this.stream, this.feature, this.called);
  }

  // What people call the stream, and the unit of its values, where the server's configuration says so.
  name(title, unit) {
    if (this.called === title && this.unit === unit) return;
    this.called = title;
    this.unit = unit;
    this.root.querySelector('h2').textContent = this.title();
    this.place.setAttribute('aria-label', this.title());
  }

  remove() {
    this.watcher.disconnect();
    this.viewer.disconnect();
    this.graph?.destroy();
    this.root.remove();
  }

  // In order of time; one of the same number is here already.
  add(samples) {
    if (samples.length === 0) return;
    const last = this.samples[this.samples.length - 1];
    this.samples.push(...samples);
    if (last && samples[0][TS] < last[TS]) this.samples.sort((a, b) => a[TS] - b[TS]);
    if (this.samples.length > SAMPLES_MAX) this.samples = this.samples.slice(-SAMPLES_MAX);
  }

  // Points of before the viewer came.
  addOld(samples) {
    const first = this.samples.find(sample => sample[N] > 0);
    const held = new Set(this.samples.map(sample => sample[TS]));
    this.add(samples.filter(sample => !held.has(sample[TS]) && (!first || sample[TS] < first[TS])));
  }

  newestNumber() {
    return this.samples.reduce((most, sample) => Math.max(most, sample[N]), 0);
  }

  seen([from, to]) {
    return this.samples.filter(sample => sample[TS] >= from && sample[TS] <= to);
  }

  draw(window, isStale, ageText) {
    if (this.samples.length === 0) return;
    this.age = ageText;
    this.root.classList.toggle('stale', isStale);
    // Nobody reads faster, and each text has the browser paint more than the chart.
    if (Date.now() - this.said >= SAY_MS || this.pointer !== null) this.say();
    this.again = () => this.draw(window, isStale, ageText);
    if (this.isInView && this.isNew(window)) this.paint(window);
  }

  // Whether another picture is due than the one that is there.
  isNew(window) {
    const {threshold, isUtc, hasRange} = this.look;
    const last = this.samples[this.samples.length - 1];
    const due = [...window, this.samples.length, last[TS], last[N], threshold, isUtc, hasRange].join(' ');
    if (this.graph && due === this.drawn) return false;
    this.drawn = due;
    return true;
  }

  paint(window) {
    const {threshold, colours, isUtc} = this.look;
    const inView = this.seen(window);
    const needed = neededOf(this.samples, window, this.width);
    const options = {file: rowsOf(this.samples, threshold, needed), dateWindow: window,
                     valueRange: rangeOf(inView.length > 0 ? inView : this.samples, threshold), labelsUTC: isUtc,
                     showRangeSelector: this.look.hasRange};
    if (this.graph) {
      this.graph.updateOptions(options);
    } else {
      const {file, ...rest} = options;
      this.graph = new Dygraph(this.place, file, {
        ...rest, ...this.fixedOptions(colours),
      });
      showWhereDrawn(this.graph.canvas_, this.graph.canvas_ctx_);
    }
    // The range selector's handles are pictures without a text.
    for (const handle of this.place.querySelectorAll('img:not([alt])')) handle.alt = '';
  }

  fixedOptions(colours) {
    return {
      labels: ['time', 'expected', 'value'], customBars: true, animatedZooms: false, pixelRatio: null,
      plotter: [drawBand, Dygraph.Plotters.linePlotter],
      series: {expected: {color: colours.expected, strokeWidth: 1, strokePattern: [4, 3], highlightCircleSize: 0},
               value: {color: colours.value, strokeWidth: 1.6, highlightCircleSize: 4}},
      gridLineColor: colours.grid, axisLineColor: colours.edge, labelColour: colours.pale, fillAlpha: 0.22,
      axisLabelFontSize: 12,
      axes: {x: {axisLabelWidth: 74, axisLabelFormatter: timeTick}, y: {axisLabelWidth: 62}},
      xRangePad: 2, rangeSelectorHeight: 26,
      rangeSelectorPlotStrokeColor: colours.pale, rangeSelectorPlotFillColor: colours.grid,
      rangeSelectorPlotFillGradientColor: colours.grid, rangeSelectorForegroundStrokeColor: colours.pale,
      underlayCallback: (pen, area, graph) => this.drawUnder(pen, area, graph),
      drawPointCallback: () => {},
      drawCallback: (graph, isFirst) => { this.drawOver(graph); if (!isFirst) this.noticeMove(graph); },
      zoomCallback: (from, to) => this.handlers.moved(from, to),
      highlightCallback: (_event, ts) => this.handlers.pointed(ts),
      unhighlightCallback: () => this.handlers.pointed(null),
      clickCallback: (_event, ts) => this.handlers.pinned(ts),
    };
  }

  // A pan has no callback of its own.
  noticeMove(graph) {
    if (!graph.isZoomed_ && !graph.dateWindow_) return;
    const [from, to] = graph.xAxisRange();
    if (this.isPanning(from, to)) this.handlers.moved(from, to);
  }

  isPanning(from, to) {
    const [wantedFrom, wantedTo] = this.look.window ?? [from, to];
    const slack = Math.max(1, (wantedTo - wantedFrom) * 0.01);
    return this.place.matches(':active') && (Math.abs(from - wantedFrom) > slack || Math.abs(to - wantedTo) > slack);
  }

  redraw() {
    this.drawn = '';
    if (this.isInView) this.graph?.updateOptions({});
    this.say();
  }

  // What happened, as grounds with their kind; drift lines.
  drawUnder(pen, area, graph) {
    const {colours, events} = this.look;
    const [least, most] = graph.xAxisRange();
    const mine = events.filter(told => isAbout(told, this)).sort((a, b) => a.from - b.from);
    const cuts = this.samples.filter(sample => sample[FLAGS] & DRIFT);
    if (mine.length + cuts.length === 0) return;
    pen.save();
    pen.beginPath();
    pen.rect(area.x, area.y, area.w, area.h);
    pen.clip();
    pen.font = '12px system-ui, sans-serif';
    pen.textBaseline = 'top';
    const spans = [];
    for (const event of mine) {
      const end = event.over ? Math.max(event.from, event.to ?? event.told) : most;
      if (end < least || event.from > most) continue;
      const left = graph.toDomXCoord(event.from);
      const long = Math.max(3, graph.toDomXCoord(end) - left);
      pen.fillStyle = colours['event-ground'];
      pen.fillRect(left, area.y, long, area.h);
      pen.fillStyle = colours.event;
      pen.fillRect(left, area.y, long, 4);
      const text = spanText(event);
      spans.push({text, left, width: pen.measureText(text).width, severity: event.severity});
    }
    pen.fillStyle = colours.event;
    placedNames(spans, area.x, area.x + area.w).forEach((place, i) => {
      if (place) pen.fillText(spans[i].text, place.x, area.y + TEXT_TOP + 14 * place.line);
    });
    pen.strokeStyle = colours.drift;
    pen.lineWidth = 2;
    pen.beginPath();
    for (const sample of cuts) {
      const x = graph.toDomXCoord(sample[TS]);
      pen.moveTo(x, area.y);
      pen.lineTo(x, area.y + area.h);
    }
    pen.stroke();
    pen.restore();
  }

  // What was flagged, on top of the line; what is beyond the range is marked at the edge.
  drawOver(graph) {
    const pen = graph.hidden_ctx_;
    const area = graph.getArea();
    const {colours} = this.look;
    const [from, to] = graph.xAxisRange();
    const [low, high] = graph.yAxisRange();
    pen.save();
    for (const sample of this.samples) {
      if (sample[TS] < from || sample[TS] > to) continue;
      const value = drawable(extremeOf(sample));
      const isBeyond = value < low || value > high;
      if (!(sample[FLAGS] & (ANOMALY | ALARM | LABELLED)) && !isBeyond) continue;
      const x = graph.toDomXCoord(sample[TS]);
      const y = Math.max(area.y + 4, Math.min(area.y + area.h - 4, graph.toDomYCoord(value)));
      this.drawMark(pen, sample[FLAGS], isBeyond, x, y, area, colours);
    }
    pen.restore();
  }

  drawMark(pen, flags, isBeyond, x, y, area, colours) {
    const dot = (radius, draw) => { pen.beginPath(); pen.arc(x, y, radius, 0, 2 * Math.PI); draw(); };
    if (flags & LABELLED) {
      pen.strokeStyle = colours.label;
      pen.lineWidth = 1.3;
      dot(6, () => pen.stroke());
    }
    if (flags & ANOMALY || isBeyond) {
      pen.fillStyle = flags & ANOMALY ? colours.anomaly : colours.value;
      dot(3.5, () => pen.fill());
    }
    if (flags & ALARM) {
      pen.fillStyle = colours.alarm;
      pen.beginPath();
      pen.moveTo(x - 6, area.y + 5);
      pen.lineTo(x + 6, area.y + 5);
      pen.lineTo(x, area.y + 15);
      pen.fill();
    }
  }

  // The cursor, here because it is here or on another chart.
  point(ts) {
    this.pointer = ts;
    if (this.graph) {
      if (ts === null) {
        this.graph.clearSelection();
      } else {
        const row = this.rowAt(ts);
        if (row >= 0) this.graph.setSelection(row);
      }
    }
    this.say();
  }

  rowAt(ts) {
    let best = -1;
    for (let row = 0; row < this.graph.numRows(); ++row) {
      if (this.graph.getValue(row, 2)?.[0] === null) continue;
      const distance = Math.abs(this.graph.getValue(row, 0) - ts);
      if (best < 0 || distance < Math.abs(this.graph.getValue(best, 0) - ts)) best = row;
    }
    return best;
  }

  // The time of the sample so many further on.
  step(ts, by) {
    const at = ts === null ? this.samples.length - 1 : this.samples.indexOf(nearest(this.samples, ts));
    return this.samples[Math.max(0, Math.min(this.samples.length - 1, at + by))]?.[TS] ?? null;
  }

  say() {
    this.said = Date.now();
    const last = this.samples[this.samples.length - 1];
    if (!last) return;
    const near = this.pointer === null ? null : nearest(this.samples, this.pointer);
    const summary = summaryText(last, this.age, this.unit);
    const text = near ? pointText(near, this.look.threshold, this.look.isUtc, this.unit) : summary;
    if (this.figures.textContent !== text) this.figures.textContent = text;
    const label = this.title() + ': ' + summary;
    if (this.place.getAttribute('aria-label') !== label) this.place.setAttribute('aria-label', label);
  }
}
