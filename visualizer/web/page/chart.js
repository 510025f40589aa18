// Draws the samples of one panel with a canvas's pen. Knows no page: a frame says where, colours say how.

import {ALARM, ANOMALY, DRIFT, FLAGS, LABELLED, N, VALUE, bandOf, drawable, hasBand, xOf} from './sample.js';
import {extent, niceStep, openedX, ticks, timeStep, valueRange} from './scale.js';
import {timeTick, valueTick} from './text.js';

const MARGIN = {left: 54, right: 10, top: 8, bottom: 22};

// What the drawing needs of size, ranges and settings; null where there is nothing to draw.
export function frameOf(samples, width, height, view) {
  const plotHeight = height - MARGIN.top - MARGIN.bottom;
  if (samples.length === 0 || plotHeight < 20) return null;
  const xs = openedX(...extent(samples, sample => xOf(sample, view.axis)), view.axis);
  const ys = valueRange(samples, view.threshold);
  const yStep = niceStep(ys[1] - ys[0], Math.max(2, plotHeight / 44));
  const longest = Math.max(0, ...ticks(ys, yStep).map(at => valueTick(at, yStep).length));
  const left = Math.max(MARGIN.left, 14 + 6.6 * longest);
  const plotWidth = width - left - MARGIN.right;
  if (plotWidth < 20) return null;
  const x = sample => left + (xOf(sample, view.axis) - xs[0]) / (xs[1] - xs[0]) * plotWidth;
  const xAt = at => left + (at - xs[0]) / (xs[1] - xs[0]) * plotWidth;
  const y = at => MARGIN.top + (ys[1] - drawable(at)) / (ys[1] - ys[0]) * plotHeight;
  const area = {left, top: MARGIN.top, right: width - MARGIN.right, bottom: height - MARGIN.bottom};
  return {samples, view, xs, ys, yStep, x, xAt, y, area};
}

// The sample whose place is nearest to so many pixels from the left.
export function nearest({samples, x}, pixels) {
  let best = samples[0];
  for (const sample of samples) {
    if (Math.abs(x(sample) - pixels) < Math.abs(x(best) - pixels)) best = sample;
  }
  return best;
}

// `near`: the sample that is pointed at, or null.
export function drawChart(pen, frame, colours, near) {
  const {area} = frame;
  drawGround(pen, frame, colours);
  drawAxes(pen, frame, colours);
  pen.save();
  pen.beginPath();
  pen.rect(area.left, area.top - 2, area.right - area.left + 4, area.bottom - area.top + 4);
  pen.clip();
  drawBand(pen, frame, colours);
  drawDrifts(pen, frame, colours);
  drawValues(pen, frame, colours);
  drawSpans(pen, frame, colours);
  for (const sample of frame.samples) drawMarks(pen, frame, colours, sample);
  if (near) drawPointer(pen, frame, colours, near);
  pen.restore();
}

function drawAxes(pen, {view, xs, ys, yStep, xAt, y, area}, colours) {
  const isTime = view.axis === 'time';
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
    pen.fillText(valueTick(at, yStep), area.left - 6, y(at));
  }
  pen.textBaseline = 'top';
  for (const at of ticks(xs, xStep)) {
    const text = isTime ? timeTick(at, xStep) : String(at);
    const half = pen.measureText(text).width / 2;
    const isAtEdge = xAt(at) + half > area.right + MARGIN.right;
    pen.textAlign = isAtEdge ? 'right' : 'center';
    pen.moveTo(Math.round(xAt(at)) + 0.5, area.top);
    pen.lineTo(Math.round(xAt(at)) + 0.5, area.bottom);
    pen.fillText(text, Math.min(xAt(at), area.right + (isAtEdge ? MARGIN.right : 0)), area.bottom + 6);
  }
  pen.stroke();
  pen.strokeStyle = colours.edge;
  pen.strokeRect(area.left + 0.5, area.top + 0.5, area.right - area.left, area.bottom - area.top);
}

// Under everything else: when something was going on.
function drawGround(pen, {spans = [], xAt, area}, colours) {
  pen.fillStyle = colours['event-ground'];
  for (const {from, to} of spans) {
    pen.fillRect(xAt(from), area.top, Math.max(2, xAt(to) - xAt(from)), area.bottom - area.top);
  }
}

// A strip at the top, and below it what it was.
function drawSpans(pen, {spans = [], xAt, area}, colours) {
  pen.fillStyle = colours.event;
  pen.font = '11px system-ui, sans-serif';
  pen.textBaseline = 'top';
  for (const {from, to, text} of spans) {
    const left = xAt(from);
    pen.fillRect(left, area.top, Math.max(2, xAt(to) - left), 4);
    const room = area.right - left;
    pen.textAlign = room < pen.measureText(text).width + 4 ? 'right' : 'left';
    pen.fillText(text, pen.textAlign === 'right' ? Math.min(xAt(to), area.right) : left + 2, area.top + 6);
  }
}

// In pieces: the band is not drawn across points that have none.
function drawBand(pen, {samples, view, x, y}, colours) {
  pen.fillStyle = colours.band;
  for (let begin = 0; begin < samples.length; ++begin) {
    if (!hasBand(samples[begin])) continue;
    let end = begin;
    pen.beginPath();
    for (; end < samples.length && hasBand(samples[end]); ++end) {
      pen.lineTo(x(samples[end]), y(bandOf(samples[end], view.threshold)[1]));
    }
    for (let i = end - 1; i >= begin; --i) pen.lineTo(x(samples[i]), y(bandOf(samples[i], view.threshold)[0]));
    pen.fill();
    begin = end;
  }
}

function drawDrifts(pen, {samples, x, area}, colours) {
  pen.strokeStyle = colours.drift;
  pen.lineWidth = 2;
  pen.beginPath();
  for (const sample of samples) {
    if (!(sample[FLAGS] & DRIFT)) continue;
    pen.moveTo(x(sample), area.top);
    pen.lineTo(x(sample), area.bottom);
  }
  pen.stroke();
}

function drawValues(pen, {samples, x, y}, colours) {
  pen.strokeStyle = pen.fillStyle = colours.value;
  pen.lineWidth = 1.5;
  pen.lineJoin = 'round';
  pen.beginPath();
  let before = NaN;
  for (const sample of samples) {
    // Not across what was missed.
    if (sample[N] === before + 1) pen.lineTo(x(sample), y(sample[VALUE]));
    else pen.moveTo(x(sample), y(sample[VALUE]));
    before = sample[N];
  }
  pen.stroke();
  if (samples.length === 1) dot(pen, x(samples[0]), y(samples[0][VALUE]), 2.5);
}

function dot(pen, x, y, radius) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fill();
}

function drawMarks(pen, {x, y, area}, colours, sample) {
  const at = x(sample);
  if (sample[FLAGS] & LABELLED) {
    pen.lineWidth = 1.3;
    pen.strokeStyle = colours.label;
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

function drawPointer(pen, {x, y, area}, colours, near) {
  pen.strokeStyle = pen.fillStyle = colours.pale;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(Math.round(x(near)) + 0.5, area.top);
  pen.lineTo(Math.round(x(near)) + 0.5, area.bottom);
  pen.stroke();
  dot(pen, x(near), y(near[VALUE]), 3);
}
