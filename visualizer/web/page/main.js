// The page as a whole: what is chosen, what is in view, the keys; asks the viewer and gives each part what it shows.

import {CHARTS_MAX, Chosen} from './chosen.js';
import {DriftFold} from './drift_fold.js';
import {EventList} from './event_list.js';
import {Explanation, samplesOf} from './explanation.js';
import {listenToKeys} from './keys.js';
import {Poll, ask} from './poll.js';
import {linkOf, stateOf} from './state.js';
import {StreamList} from './stream_list.js';
import {ageText, emptyText, formatNumber, foundText, noticeText} from './text.js';

const COLOURS = ['pale', 'grid', 'edge', 'value', 'expected', 'anomaly', 'drift', 'alarm', 'label', 'event',
                 'event-ground'];
const LOOK_MS = 500, LOOKS_A_LIST = 2;  // the list is asked for every other time
const FIRST_STREAMS = innerWidth < 832 ? 1 : 4;  // on a phone one after the other
const SPAN_LEAST = 20;  // milliseconds

const element = id => document.getElementById(id);

const look = {threshold: 5, colours: {}, isUtc: false, events: [], hasRange: false, window: null, listMoved: () => {}};
const view = {streams: [], from: null, to: null, event: null, match: '', show: '', zone: ''};
let about = null;      // the newest answer to /streams
let looks = 0;
let listsAsked = 0;    // an answer that a newer question has overtaken is not shown
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
const chosen = new Chosen(element('board'), look, {moved, pointed, pinned});
const poll = new Poll(LOOK_MS, lookAround);
look.listMoved = () => showStreams(askStreams());
const charts = () => chosen.charts();
const showDrifts = () => driftFold.show(chosen.streams, look);
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
  element('empty').textContent = emptyText(about);
  element('empty').hidden = about.streams > 0;
}

// All that changed is shown at once: a frame for the browser, not one for each answer.
async function lookAround() {
  const answer = looks++ % LOOKS_A_LIST === 0 ? askStreams() : null;
  const isRead = isPaused ? false : await chosen.refresh();
  if (answer) await showStreams(answer);
  if (isRead) draw();
}

// What is asked for is not waited for by what is asked next: whoever types sees the list of what stands there.
async function askStreams() {
  const number = ++listsAsked;
  const wanted = list.window();
  const asked = JSON.stringify([wanted, view.match, view.show, view.streams]);
  try {
    const told = await ask('streams', {match: view.match, show: view.show || 'all', ...wanted});
    return {told, wanted, asked, number};
  } catch {
    return {number};
  }
}

async function showStreams(answer) {
  const {told, wanted, asked, number} = await answer;
  if (number !== listsAsked) return;
  if (!told) return showState('the viewer does not answer; trying again', false);
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

function draw() {
  const times = chosen.times();
  if (!times) return;
  const [oldest, newest] = times;
  const allThereIs = Math.max(newest - oldest, SPAN_LEAST);
  look.window = isLive() ? [newest - (span ?? allThereIs), newest] : [view.from, view.to];
  chosen.draw(look.window);
  showDrifts();
}

function choose(names, isAdded) {
  view.streams = isAdded ? [...view.streams.filter(name => !names.includes(name)),
                            ...names.filter(name => !view.streams.includes(name))] : names;
  chosen.choose(view.streams);
  eventsSeen = -1;
  link();
  if (isPaused) showOnce();
  lookNow();
}

// Something else was chosen while it stands still: that is shown as it is now.
async function showOnce() {
  await chosen.refresh(chosen.streams.filter(one => one.charts.length === 0));
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
  chosen.bringForward(event.stream);
  view.streams = chosen.streams.map(stream => stream.name);
  moved(event.from - around, end + around);
  explain(event);
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
    const stream = chosen.stream(event.stream);
    if (stream && stream.charts.length === 0) await showOnce();
    // Of a stream that is silent since the viewer came there is this picture alone.
    const where = stream?.charts.find(chart => !event.feature || chart.feature === event.feature);
    (where ?? (stream && chosen.chartOf(stream, event.feature)))?.addOld(samplesOf(explained.context));
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

function lookNow() {
  looks = 0;
  poll.now();
}

function pause(wanted) {
  isPaused = wanted;
  element('pause').textContent = isPaused ? 'Go on' : 'Pause';
  element('pause').setAttribute('aria-pressed', String(isPaused));
  showAboutIfKnown();
  if (!isPaused) lookNow();
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
  look.listMoved();
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
