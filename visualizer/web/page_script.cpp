#include "visualizer/web/page.hpp"

namespace spindrift {
namespace {

// What the panels hold, and how the axes are divided.
constexpr std::string_view model_part = R"js(
'use strict';

// A sample is [n, ts, value, flags] and, where there is a band, [.., expected, sigma].
const N = 0, TS = 1, VALUE = 2, FLAGS = 3, EXPECTED = 4, SIGMA = 5;
const ANOMALY = 1, DRIFT = 2, ALARM = 4, LABELLED = 8;
const DRAWABLE_MAX = 1e300;  // so that no span overflows

const element = id => document.getElementById(id);
const drawable = number => Math.max(-DRAWABLE_MAX, Math.min(DRAWABLE_MAX, number));
const counted = (count, one, many) => count + ' ' + (count === 1 ? one : many);

let about = {threshold: 5, axis: 'n', points: 500};
let panels = [];
let held = 0;       // the number of the newest event that was applied
let source = null;  // the EventSource

function formatNumber(number) {
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return number.toExponential(3);
  return String(Number(number.toPrecision(6)));
}

function formatTime(ts, withDay) {
  if (Math.abs(ts) > 8.64e15) return String(ts);
  const text = new Date(ts).toISOString();
  return withDay ? text.slice(0, 19).replace('T', ' ') : text.slice(11, 19);
}

// A range that can be drawn: not empty, also where numbers are so large that adding one changes nothing.
function opened(least, most) {
  const size = Math.max(Math.abs(least), Math.abs(most));
  if (most - least > Math.max(size * 1e-9, 1e-12)) return [least, most];
  const half = Math.max(size * 0.05, 0.5);
  return [least - half, most + half];
}

const bandOf = sample => [
  drawable(sample[EXPECTED] - about.threshold * sample[SIGMA]),
  drawable(sample[EXPECTED] + about.threshold * sample[SIGMA])];
const xOf = sample => about.axis === 'time' ? sample[TS] : sample[N];

function extent(samples, numberOf) {
  let least = Infinity, most = -Infinity;
  for (const sample of samples) {
    least = Math.min(least, numberOf(sample));
    most = Math.max(most, numberOf(sample));
  }
  return [least, most];
}

// Holds every value, and of the band what does not flatten the values; room at the top for the alarms.
function valueRange(samples) {
  const [low, high] = opened(...extent(samples, sample => drawable(sample[VALUE])));
  const span = high - low;
  let [least, most] = [low, high];
  for (const sample of samples) {
    if (sample.length <= EXPECTED) continue;
    const [bottom, top] = bandOf(sample);
    least = Math.min(least, Math.max(bottom, low - span));
    most = Math.max(most, Math.min(top, high + span));
  }
  const height = most - least;
  return [least - 0.06 * height, most + 0.14 * height];
}

// 1, 2 or 5 times a power of ten, so that some `count` of them fill the span.
function niceStep(span, count) {
  const power = 10 ** Math.floor(Math.log10(span / count));
  return power * ([1, 2, 5].find(factor => factor * power * count >= span) ?? 10);
}

function timeStep(span, count) {
  const second = 1000, minute = 60 * second, hour = 60 * minute, day = 24 * hour;
  const steps = [1, 2, 5, 10, 15, 30].map(each => each * second)
      .concat([1, 2, 5, 10, 15, 30].map(each => each * minute), [1, 2, 3, 6, 12].map(each => each * hour),
              [1, 2, 7, 14, 30, 91, 365].map(each => each * day));
  return steps.find(step => step * count >= span) ?? niceStep(span, count);
}

function ticks([least, most], step) {
  const found = [];
  const first = Math.ceil(least / step);
  // The bound holds where numbers are too large to be told apart.
  for (let i = 0; i < 20 && (first + i) * step <= most; ++i) found.push((first + i) * step);
  return found;
}

function valueText(number, step) {
  const size = Math.max(Math.abs(number), step);
  if (size >= 1e6 || step < 1e-4) return Number(number.toPrecision(4)).toExponential();
  return number.toFixed(Math.max(0, -Math.floor(Math.log10(step) + 1e-9)));
}

function timeText(ts, step) {
  if (Math.abs(ts) > 8.64e15) return ts.toExponential(3);
  const text = new Date(ts).toISOString();
  if (step >= 86400000) return text.slice(0, 10);
  return step >= 60000 ? text.slice(11, 16) : text.slice(11, 19);
}
)js";

// One panel on its canvas.
constexpr std::string_view panel_part = R"js(
const MARGIN = {left: 54, right: 10, top: 8, bottom: 22};
let colours = {};

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ['pale', 'grid', 'edge', 'value', 'band', 'anomaly', 'drift', 'alarm', 'label']) {
    colours[name] = style.getPropertyValue('--' + name).trim();
  }
}

class Panel {
  constructor() {
    this.root = document.createElement('section');
    this.root.className = 'panel';
    const header = this.root.appendChild(document.createElement('header'));
    this.name = header.appendChild(document.createElement('h2'));
    this.figures = header.appendChild(document.createElement('p'));
    this.figures.className = 'figures';
    this.canvas = this.root.appendChild(document.createElement('canvas'));
    this.canvas.setAttribute('role', 'img');
    this.pointer = null;  // where the reader points, in pixels from the left
    this.samples = [];
    this.totals = [0, 0, 0];
    const point = event => { this.pointer = event.offsetX; this.redraw(); };
    this.canvas.addEventListener('pointermove', point);
    this.canvas.addEventListener('pointerdown', point);
    this.canvas.addEventListener('pointerleave', () => { this.pointer = null; this.redraw(); });
    this.watcher = new ResizeObserver(() => this.redraw());
    this.watcher.observe(this.canvas);
    element('board').append(this.root);
  }

  remove() {
    this.watcher.disconnect();
    this.root.remove();
  }

  apply(part) {
    if (part.fresh) {
      this.name.textContent = part.feature === '' ? part.stream : part.stream + ' \u00b7 ' + part.feature;
      this.samples = [];
    }
    this.samples = this.samples.concat(part.samples).slice(-about.points);
    this.totals = part.totals;
    this.redraw();
  }

  // At most once a frame, however much comes.
  redraw() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => { this.isWaiting = false; this.draw(); });
  }

  draw() {
    const {clientWidth: width, clientHeight: height} = this.canvas;
    const plotWidth = width - MARGIN.left - MARGIN.right, plotHeight = height - MARGIN.top - MARGIN.bottom;
    if (this.samples.length === 0 || plotWidth < 20 || plotHeight < 20) return;
    const scale = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    const pen = this.canvas.getContext('2d');
    pen.scale(scale, scale);
    const xs = opened(...extent(this.samples, xOf));
    const ys = valueRange(this.samples);
    const x = at => MARGIN.left + (at - xs[0]) / (xs[1] - xs[0]) * plotWidth;
    const y = at => MARGIN.top + (ys[1] - drawable(at)) / (ys[1] - ys[0]) * plotHeight;
    const area = {left: MARGIN.left, top: MARGIN.top, right: width - MARGIN.right, bottom: height - MARGIN.bottom};
    drawAxes(pen, area, xs, ys, x, y);
    pen.save();
    pen.beginPath();
    pen.rect(area.left, area.top - 2, plotWidth + 4, plotHeight + 4);
    pen.clip();
    drawBand(pen, this.samples, x, y);
    this.drawDrifts(pen, area, x);
    drawValues(pen, this.samples, x, y);
    drawMarks(pen, this.samples, area, x, y);
    const near = this.pointer === null ? null : nearest(this.samples, x, this.pointer);
    if (near) drawPointer(pen, area, x(xOf(near)), y(near[VALUE]));
    pen.restore();
    this.describe(near);
  }

  drawDrifts(pen, area, x) {
    pen.strokeStyle = colours.drift;
    pen.lineWidth = 2;
    pen.beginPath();
    for (const sample of this.samples) {
      if (!(sample[FLAGS] & DRIFT)) continue;
      pen.moveTo(x(xOf(sample)), area.top);
      pen.lineTo(x(xOf(sample)), area.bottom);
    }
    pen.stroke();
  }

  describe(near) {
    const last = this.samples[this.samples.length - 1];
    const [anomalies, drifts, alarms] = this.totals;
    const summary = ['n ' + last[N], 'last ' + formatNumber(last[VALUE]), counted(anomalies, 'anomaly', 'anomalies'),
                     counted(drifts, 'drift', 'drifts'), counted(alarms, 'alarm', 'alarms')].join(' \u00b7 ');
    this.canvas.setAttribute('aria-label', this.name.textContent + ': ' + summary);
    this.figures.textContent = near ? pointText(near) : summary;
  }
}

function pointText(sample) {
  const said = ['n ' + sample[N], formatTime(sample[TS], true), 'value ' + formatNumber(sample[VALUE])];
  if (sample.length > EXPECTED) {
    said.push('expected ' + formatNumber(sample[EXPECTED]) + ' \u00b1 ' +
              formatNumber(about.threshold * sample[SIGMA]));
  }
  return said.join(' \u00b7 ');
}

function nearest(samples, x, pixels) {
  let best = samples[0];
  for (const sample of samples) {
    if (Math.abs(x(xOf(sample)) - pixels) < Math.abs(x(xOf(best)) - pixels)) best = sample;
  }
  return best;
}

function drawAxes(pen, area, xs, ys, x, y) {
  const isTime = about.axis === 'time';
  const yStep = niceStep(ys[1] - ys[0], Math.max(2, (area.bottom - area.top) / 44));
  const columns = Math.max(2, (area.right - area.left) / 90);
  const xStep = isTime ? timeStep(xs[1] - xs[0], columns) : Math.max(1, niceStep(xs[1] - xs[0], columns));
  pen.font = '11px system-ui, sans-serif';
  pen.fillStyle = colours.pale;
  pen.strokeStyle = colours.grid;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.textAlign = 'right';
  pen.textBaseline = 'middle';
  for (const at of ticks(ys, yStep)) {
    pen.moveTo(area.left, Math.round(y(at)) + 0.5);
    pen.lineTo(area.right, Math.round(y(at)) + 0.5);
    pen.fillText(valueText(at, yStep), area.left - 6, y(at));
  }
  pen.textBaseline = 'top';
  for (const at of ticks(xs, xStep)) {
    const text = isTime ? timeText(at, xStep) : String(at);
    const half = pen.measureText(text).width / 2;
    pen.textAlign = x(at) + half > area.right + MARGIN.right ? 'right' : 'center';
    pen.moveTo(Math.round(x(at)) + 0.5, area.top);
    pen.lineTo(Math.round(x(at)) + 0.5, area.bottom);
    pen.fillText(text, Math.min(x(at), area.right + (pen.textAlign === 'right' ? MARGIN.right : 0)), area.bottom + 6);
  }
  pen.stroke();
  pen.strokeStyle = colours.edge;
  pen.strokeRect(area.left + 0.5, area.top + 0.5, area.right - area.left, area.bottom - area.top);
}

// In pieces: the band is not drawn across points that have none.
function drawBand(pen, samples, x, y) {
  pen.fillStyle = colours.band;
  for (let begin = 0; begin < samples.length; ++begin) {
    if (samples[begin].length <= EXPECTED) continue;
    let end = begin;
    pen.beginPath();
    for (; end < samples.length && samples[end].length > EXPECTED; ++end) {
      pen.lineTo(x(xOf(samples[end])), y(bandOf(samples[end])[1]));
    }
    for (let i = end - 1; i >= begin; --i) pen.lineTo(x(xOf(samples[i])), y(bandOf(samples[i])[0]));
    pen.fill();
    begin = end;
  }
}

function drawValues(pen, samples, x, y) {
  pen.strokeStyle = pen.fillStyle = colours.value;
  pen.lineWidth = 1.5;
  pen.lineJoin = 'round';
  pen.beginPath();
  for (const sample of samples) pen.lineTo(x(xOf(sample)), y(sample[VALUE]));
  pen.stroke();
  if (samples.length === 1) dot(pen, x(xOf(samples[0])), y(samples[0][VALUE]), 2.5);
}

function dot(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function drawMarks(pen, samples, area, x, y) {
  pen.lineWidth = 1.3;
  pen.strokeStyle = colours.label;
  for (const sample of samples) {
    const at = x(xOf(sample));
    if (sample[FLAGS] & LABELLED) {
      pen.beginPath();
      pen.arc(at, y(sample[VALUE]), 6, 0, 2 * Math.PI);
      pen.stroke();
    }
    if (sample[FLAGS] & ANOMALY) {
      pen.fillStyle = colours.anomaly;
      dot(pen, at, y(sample[VALUE]), 3.5);
    }
    if (sample[FLAGS] & ALARM) {
      pen.fillStyle = colours.alarm;
      pen.beginPath();
      pen.moveTo(at - 6, area.top + 2);
      pen.lineTo(at + 6, area.top + 2);
      pen.lineTo(at, area.top + 12);
      pen.fill();
    }
  }
}

function drawPointer(pen, area, x, y) {
  pen.strokeStyle = pen.fillStyle = colours.pale;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(Math.round(x) + 0.5, area.top);
  pen.lineTo(Math.round(x) + 0.5, area.bottom);
  pen.stroke();
  dot(pen, x, y, 3);
}
)js";

// The events, and what stands above the panels.
constexpr std::string_view feed_part = R"js(
function showState(text, isGood) {
  element('state').textContent = text;
  element('state').classList.toggle('good', isGood);
}

function showAbout() {
  element('server').textContent = about.server;
  element('band').textContent = 'expected \u00b1 ' + formatNumber(about.threshold) + ' sigma';
  const notices = [];
  if (about.others > 0) notices.push('and ' + about.others + ' more series');
  if (about.missed > 0) notices.push('missed ' + counted(about.missed, 'verdict', 'verdicts'));
  element('notice').textContent = notices.join(', ');
  showState(about.state, about.state === 'live');
  element('empty').hidden = panels.length > 0;
  element('board').classList.toggle('single', panels.length === 1);
}

function apply(event) {
  // A number left out: we were too slow, and the server dropped events. A new connection begins with a snapshot.
  if (!event.full && event.at !== held + 1) return connect();
  const {full, at, panels: parts, ...rest} = event;
  held = at;
  about = rest;
  if (full) {
    for (const panel of panels.slice(parts.length)) panel.remove();
    panels = panels.slice(0, parts.length);
  }
  for (const part of parts) {
    panels[part.panel] ??= new Panel();
    panels[part.panel].apply(part);
  }
  showAbout();
}

function connect() {
  if (source) source.close();
  const mine = source = new EventSource('/events');
  mine.onmessage = message => { if (mine === source) apply(JSON.parse(message.data)); };
  mine.onerror = () => {
    if (mine !== source) return;
    showState('the visualizer does not answer; trying again', false);
    // The browser comes again by itself, except after a refusal.
    if (mine.readyState === EventSource.CLOSED) setTimeout(() => { if (mine === source) connect(); }, 2000);
  };
}

function redrawAll() {
  readColours();
  for (const panel of panels) panel.redraw();
}

matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redrawAll);
addEventListener('resize', redrawAll);  // also when the page is zoomed: the pixels' size changes
readColours();
connect();
)js";

}  // namespace

std::string_view page_script() {
  static const std::string whole = std::string(model_part).append(panel_part).append(feed_part);
  return whole;
}

}  // namespace spindrift
