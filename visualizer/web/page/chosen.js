// The streams that are chosen, and their charts: what is new of them, and what the server still holds of before.

import {Chart} from './chart.js';
import {ask} from './poll.js';
import {TS} from './sample.js';
import {ageText} from './text.js';

export const CHARTS_MAX = 16;

export class Chosen {
  // `look` and `handlers` as a chart takes them.
  constructor(board, look, handlers) {
    Object.assign(this, {board, look, handlers});
    this.streams = [];  // {name, charts, restarts, isStale, age, drifts, isFromStart}
  }

  charts() {
    return this.streams.flatMap(stream => stream.charts);
  }

  stream(name) {
    return this.streams.find(stream => stream.name === name);
  }

  choose(names) {
    for (const stream of this.streams.filter(one => !names.includes(one.name))) {
      for (const chart of stream.charts) chart.remove();
    }
    this.streams = names.map(name => this.stream(name) ??
                             {name, charts: [], restarts: 0, isStale: false, age: -1, drifts: []});
    this.board.classList.toggle('single', this.charts().length === 1);
  }

  // Its charts are the first, so that they are seen beside what is said of it.
  bringForward(name) {
    const first = this.stream(name);
    this.streams = [first, ...this.streams.filter(stream => stream !== first)];
    this.board.prepend(...first.charts.map(chart => chart.root));
  }

  // Asks what is new of each, all at once; false: the viewer does not answer.
  async refresh(wanted = this.streams.slice(0, CHARTS_MAX)) {
    if (wanted.length === 0) return true;
    const query = wanted.flatMap(stream => [['stream', stream.name], ['after', this.newestNumber(stream)]]);
    try {
      const {streams} = await ask('charts', query);
      streams.forEach((told, i) => this.take(wanted[i], told));
    } catch {
      return false;
    }
    return true;
  }

  newestNumber(stream) {
    return Math.max(0, ...stream.charts.map(chart => chart.newestNumber()));
  }

  take(stream, told) {
    if (!this.streams.includes(stream)) return;
    if (stream.restarts !== told.restarts) {
      for (const chart of stream.charts) chart.samples = [];
      stream.restarts = told.restarts;
    }
    Object.assign(stream, {isStale: told.stale, age: told.age, drifts: told.drifts, isFromStart: told.begun});
    for (const {feature, samples} of told.features) {
      this.chartOf(stream, feature)?.add(samples);
    }
    for (const chart of stream.charts) chart.name(told.title, told.unit);
  }

  // Nothing where there are as many as may be.
  chartOf(stream, feature) {
    const known = stream.charts.find(one => one.feature === feature);
    if (known || this.charts().length >= CHARTS_MAX) return known;
    const made = new Chart(this.board, stream.name, feature, this.look, this.handlers);
    stream.charts.push(made);
    this.board.classList.toggle('single', this.charts().length === 1);
    if (stream.charts.length === 1) this.askRecent(stream);
    return made;
  }

  // What the server still holds of before the viewer came.
  async askRecent(stream) {
    try {
      const {points} = await ask('ask/recent', {stream: stream.name});
      for (const chart of stream.charts) {
        chart.addOld(points.map(({ts, value, values}) => [0, ts, values ? values[chart.feature] : value, 0])
                         .filter(sample => typeof sample[2] === 'number'));
      }
    } catch {
      // A server that has just begun knows no such stream; what comes is shown.
    }
  }

  // From the oldest to the newest that is there; null: nothing is.
  times() {
    const all = this.charts().filter(chart => chart.samples.length > 0);
    if (all.length === 0) return null;
    return [Math.min(...all.map(chart => chart.samples[0][TS])),
            Math.max(...all.map(chart => chart.samples[chart.samples.length - 1][TS]))];
  }

  draw(window) {
    this.look.hasRange = this.charts().filter(chart => chart.samples.length > 0).length === 1;
    for (const stream of this.streams) {
      for (const chart of stream.charts) {
        const age = stream.age < 0 ? '' : (stream.isStale ? 'stale, ' : '') + ageText(stream.age);
        chart.draw(window, stream.isStale, age);
      }
    }
  }
}
