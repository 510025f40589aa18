// The page as a whole: what is chosen, what is in view, the keys; asks the viewer and gives each part what it shows.

import {Chart} from './chart.js';
import {DriftFold} from './drift_fold.js';
import {EventList} from './event_list.js';
import {Explanation, samplesOf} from './explanation.js';
import {listenToKeys} from './keys.js';
import {Poll, ask} from './poll.js';
import {TS} from './sample.js';
import {linkOf, stateOf} from './state.js';
import {StreamList} from './stream_list.js';
import {ageText, formatNumber, foundText, noticeText} from './text.js';

const COLOURS = ['pale', 'grid', 'edge', 'value', 'expected', 'anomaly', 'drift', 'alarm', 'label', 'event',
                 'event-ground'];
const LIST_MS = 1000, POINTS_MS = 500, CHARTS_MAX = 16;
const FIRST_STREAMS = innerWidth < 832 ? 1 : 4;  // on a phone one after the other
const SPAN_LEAST = 20;  // milliseconds

const element = id => document.getElementById(id);

const look = {threshold: 5, colours: {}, isUtc: false, events: [], hasRange: false, window: null, listMoved: () => {}};
const view = {streams: [], from: null, to: null, event: null, match: '', show: '', zone: ''};
let about = null;      // the newest answer to /streams
let streams = [];      // {name, charts, restarts, isStale, age, drifts} of those that are chosen
let isPaused = false;
let pin = null;        // where the cursor was put
let span = null;       // how much time is in view while it is live; null: all there is
let eventsSeen = -1;
let listed = '';       // what was asked for that the list shows; the same stands still while it is paused

const list = new StreamList(element('list'), {choose: chooseByHand, scrolled: () => look.listMoved()});
const eventList = new EventList(element('events'), jump);
const why = new Explanation(element('why'), {
  mark: (event, word) => ask('ask/mark', {stream: event.stream, event: event.event, as: word}, 'POST'),
  close: () => { why.hide(); view.event = null; link(); },
});
const driftFold = new DriftFold(element('drifts'));
const listPoll = new Poll(LIST_MS, showStreams);
look.listMoved = () => listPoll.now();
const pointsPoll = new Poll(POINTS_MS, showPoints);
const charts = () => streams.flatMap(stream => stream.charts);
const showDrifts = () => driftFold.show(streams, look);
const isLive = () => view.from === null;
const showAboutIfKnown = () => about && showAbout();

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of COLOURS) look.colours[name] = style.getPropertyValue('--' + name).trim();
}

function link() {
  const wanted = linkOf(view);
  if (location.hash !== wanted) history.replaceState(null, '', wanted);
  element('link').href = (about?.page ?? '') + wanted;
}

function showState(text, isGood) {
  element('state').textContent = text;
  element('state').classList.toggle('good', isGood);
}

function showAbout() {
  element('server').textContent = about.server;
  element('band').textContent = 'expected \u00b1 ' + formatNumber(about.threshold) + ' sigma';
  const notices = [noticeText(about), isPaused && 'paused', !isLive() && 'looking back'];
  element('notice').textContent = notices.filter(text => text).join(', ');
  element('found').textContent = foundText(about);
  element('live').setAttribute('aria-pressed', String(isLive() && !isPaused));
  const newest = about.rows.reduce((least, row) => row.age >= 0 ? Math.min(least, row.age) : least, Infinity);
  const isQuiet = about.state === 'live' && about.rows.length > 0 && about.rows.every(row => row.stale);
  showState(isQuiet ? 'nothing comes for ' + ageText(newest) : about.state, about.state === 'live' && !isQuiet);
  element('empty').hidden = about.streams > 0;
}

async function showStreams() {
  const wanted = list.window();
  const asked = JSON.stringify([wanted, view.match, view.show, view.streams]);
  let told;
  try {
    told = await ask('streams', {match: view.match, show: view.show || 'all', ...wanted});
  } catch {
    return showState('the viewer does not answer; trying again', false);
  }
  if (isPaused && asked === listed && eventsSeen >= 0) {
    Object.assign(about, {state: told.state, missed: told.missed});
    return showAbout();
  }
  about = told;
  listed = asked;
  element('link').href = told.page + linkOf(view);
  look.threshold = told.threshold;
  if (view.streams.length === 0 && told.rows.length > 0 && !view.match) {
    choose(told.rows.slice(0, FIRST_STREAMS).map(row => row.stream), false);
  }
  list.show(told.found, wanted.from, told.rows, view.streams, look.colours);
  showAbout();
  if (eventsSeen < 0 || (!isPaused && told.changes !== eventsSeen)) await showEvents();
}

async function showEvents() {
  const query = {kind: element('kind').value, severity: element('severity').value,
                 show: element('only-open').checked ? 'open' : 'all'};
  if (element('only-chosen').checked && view.streams.length > 0) query.stream = view.streams[0];
  const told = await ask('told', query);
  eventsSeen = told.changes;
  eventList.show(told, look.isUtc);
  const drawn = await Promise.all(view.streams.slice(0, CHARTS_MAX).map(stream => ask('told', {stream})));
  look.events = drawn.flatMap(({events}) => events);
  for (const chart of charts()) chart.redraw();
  if (view.event && !why.event) {
    const isMeant = one => one.event === view.event && view.streams.includes(one.stream);
    const event = [...look.events, ...told.events].find(isMeant);
    if (event) explain(event);
  }
}

// Each chosen stream is asked for what is new of it.
async function showPoints() {
  if (isPaused) return;
  try {
    await Promise.all(streams.map(async stream => {
      const after = Math.max(0, ...stream.charts.map(chart => chart.newestNumber()));
      take(stream, await ask('points', {stream: stream.name, after}));
    }));
  } catch {
    return;  // the list says so
  }
  draw();
}

function take(stream, told) {
  if (!streams.includes(stream)) return;
  if (stream.restarts !== told.restarts) {
    for (const chart of stream.charts) chart.samples = [];
    stream.restarts = told.restarts;
  }
  Object.assign(stream, {isStale: told.stale, age: told.age, drifts: told.drifts, isFromStart: told.begun});
  for (const {feature, samples} of told.features) {
    chartOf(stream, feature)?.add(samples);
  }
  for (const chart of stream.charts) chart.name(told.title, told.unit);
}

// Nothing where there are as many as may be.
function chartOf(stream, feature) {
  const known = stream.charts.find(one => one.feature === feature);
  if (known || charts().length >= CHARTS_MAX) return known;
  const made = new Chart(element('board'), stream.name, feature, look, {moved, pointed, pinned});
  stream.charts.push(made);
  element('board').classList.toggle('single', charts().length === 1);
  if (stream.charts.length === 1) askRecent(stream);
  return made;
}

// What the server still holds of before the viewer came.
async function askRecent(stream) {
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

function draw() {
  const all = charts().filter(chart => chart.samples.length > 0);
  if (all.length === 0) return;
  const newest = Math.max(...all.map(chart => chart.samples[chart.samples.length - 1][TS]));
  const oldest = Math.min(...all.map(chart => chart.samples[0][TS]));
  const all_there_is = Math.max(newest - oldest, SPAN_LEAST);
  look.hasRange = all.length === 1;
  look.window = isLive() ? [newest - (span ?? all_there_is), newest] : [view.from, view.to];
  for (const stream of streams) {
    for (const chart of stream.charts) {
      const age = stream.age < 0 ? '' : (stream.isStale ? 'stale, ' : '') + ageText(stream.age);
      chart.draw(look.window, stream.isStale, age);
    }
  }
  showDrifts();
}

function choose(names, isAdded) {
  view.streams = isAdded ? [...view.streams.filter(name => !names.includes(name)),
                            ...names.filter(name => !view.streams.includes(name))] : names;
  streams = streams.filter(stream => {
    if (view.streams.includes(stream.name)) return true;
    for (const chart of stream.charts) chart.remove();
    return false;
  });
  for (const name of view.streams) {
    if (!streams.some(stream => stream.name === name)) {
      streams.push({name, charts: [], restarts: 0, isStale: false, age: -1, drifts: []});
    }
  }
  element('board').classList.toggle('single', charts().length === 1);
  eventsSeen = -1;
  link();
  if (isPaused) showOnce();
  pointsPoll.now();
  listPoll.now();
}

// Something else was chosen while it stands still: that is shown as it is now.
async function showOnce() {
  for (const stream of streams.filter(one => one.charts.length === 0)) {
    take(stream, await ask('points', {stream: stream.name}));
  }
  draw();
}

function chooseByHand(name, isAdded) {
  why.hide();
  view.event = null;
  choose([name], isAdded);
}

// To when an event was, and why it was told.
function jump(event) {
  const end = event.over ? event.to ?? event.told : event.told;
  const around = Math.max(10000, 1.5 * Math.max(end - event.from, event.told - event.from));
  view.event = event.event;
  if (!view.streams.includes(event.stream)) choose([event.stream], false);
  bringForward(event.stream);
  moved(event.from - around, end + around);
  explain(event);
}

// Its charts are the first, so that they are seen beside what is said of it.
function bringForward(name) {
  const first = streams.find(stream => stream.name === name);
  streams = [first, ...streams.filter(stream => stream !== first)];
  view.streams = streams.map(stream => stream.name);
  element('board').prepend(...first.charts.map(chart => chart.root));
}

async function explain(event) {
  view.event = event.event;
  link();
  why.begin(event, look.isUtc);
  element('why').scrollIntoView({block: 'nearest'});
  try {
    const explained = await ask('ask/explain', {stream: event.stream, event: event.event});
    if (why.event !== event) return;
    why.show(explained, look.isUtc);
    const stream = streams.find(one => one.name === event.stream);
    if (stream && stream.charts.length === 0) await showOnce();
    // Of a stream that is silent since the viewer came there is this picture alone.
    const where = stream?.charts.find(chart => !event.feature || chart.feature === event.feature);
    (where ?? (stream && chartOf(stream, event.feature)))?.addOld(samplesOf(explained.context));
    draw();
  } catch (failure) {
    if (why.event === event) why.fail(failure.message);
  }
}

function moved(from, to) {
  view.from = Math.round(from);
  view.to = Math.max(Math.round(to), view.from + SPAN_LEAST);
  link();
  showAboutIfKnown();
  draw();
}

function goLive() {
  view.from = view.to = pin = null;
  link();
  if (isPaused) pause(false);
  pointed(null);
  showAboutIfKnown();
  draw();
}

function zoom(factor) {
  if (!look.window) return;
  const [from, to] = look.window;
  if (isLive()) {
    span = Math.max(SPAN_LEAST, (to - from) * factor);
    return draw();
  }
  const middle = pin ?? (from + to) / 2;
  moved(middle - (middle - from) * factor, middle + (to - middle) * factor);
}

function pan(share) {
  if (!look.window) return;
  const [from, to] = look.window;
  moved(from + (to - from) * share, to + (to - from) * share);
}

function pause(wanted) {
  isPaused = wanted;
  element('pause').textContent = isPaused ? 'Go on' : 'Pause';
  element('pause').setAttribute('aria-pressed', String(isPaused));
  showAboutIfKnown();
  if (!isPaused) { pointsPoll.now(); listPoll.now(); }
}

function pointed(ts) {
  for (const chart of charts()) chart.point(ts ?? pin);
}

function pinned(ts) {
  pin = pin === ts ? null : ts;
  pointed(null);
}

function stepCursor(by) {
  const first = charts()[0];
  if (first) pinned(first.step(pin, by));
}

function turn(by) {
  const names = list.names ?? [];
  const at = names.indexOf(view.streams[0]);
  const next = names[Math.max(0, Math.min(names.length - 1, at + by))];
  if (next !== undefined) chooseByHand(next, false);
}

function explainNewest() {
  const event = look.events.filter(told => told.stream === view.streams[0]).sort((a, b) => b.told - a.told)[0];
  if (event) jump(event);
}

function setZone(isUtc) {
  look.isUtc = isUtc;
  view.zone = isUtc ? 'utc' : '';
  element('zone').setAttribute('aria-pressed', String(isUtc));
  link();
  eventsSeen = -1;
  draw();
}

const KEYS = [
  [[' '], 'space', 'pause, go on', () => pause(!isPaused)],
  [['l', 'Home'], 'l', 'back to live', goLive],
  [['+', '='], '+', 'zoom in', () => zoom(0.5)],
  [['-'], '-', 'zoom out', () => zoom(2)],
  [['['], '[', 'back in time', () => pan(-0.5)],
  [[']'], ']', 'on in time', () => pan(0.5)],
  [['ArrowLeft'], '\u2190', 'cursor to the point before', () => stepCursor(-1)],
  [['ArrowRight'], '\u2192', 'cursor to the next point', () => stepCursor(1)],
  [['n'], 'n', 'next stream of the list', () => turn(1)],
  [['p'], 'p', 'previous stream', () => turn(-1)],
  [['/'], '/', 'search streams', () => element('match').focus()],
  [['w'], 'w', 'why: the newest event of the chosen stream', explainNewest],
  [['e'], 'e', 'to the events', () => element('events').querySelector('ol button, #kind').focus()],
  [['u'], 'u', 'UTC, local time', () => setZone(!look.isUtc)],
  [['Escape'], 'Esc', 'close what is open', () => { why.close(); document.activeElement?.blur(); }],
  [['?'], '?', 'this list', () => element('keys').showModal()],
];

function search() {
  view.match = element('match').value.trim();
  view.show = element('show').value;
  link();
  listPoll.now();
}

function begin() {
  readColours();
  Object.assign(view, stateOf(location.hash));
  if (view.from !== null && view.to === null) view.to = view.from + 60000;
  element('match').value = view.match;
  element('show').value = view.show || 'all';
  setZone(view.zone === 'utc');
  const onClick = (id, act) => element(id).addEventListener('click', act);
  onClick('pause', () => pause(!isPaused));
  onClick('live', goLive);
  onClick('in', () => zoom(0.5));
  onClick('out', () => zoom(2));
  onClick('zone', () => setZone(!look.isUtc));
  onClick('help', () => element('keys').showModal());
  element('match').addEventListener('input', search);
  element('show').addEventListener('change', search);
  for (const id of ['kind', 'severity', 'only-open', 'only-chosen']) {
    element(id).addEventListener('change', () => { eventsSeen = -1; showEvents(); });
  }
  element('drifts').addEventListener('toggle', showDrifts);
  listenToKeys(element('keys'), KEYS);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', rebuild);
  addEventListener('hashchange', () => location.reload());
  choose(view.streams, false);
}

// Colours stand in the charts.
function rebuild() {
  readColours();
  driftFold.clear();
  for (const chart of charts()) {
    chart.graph?.destroy();
    chart.graph = null;
  }
  draw();
}

begin();
