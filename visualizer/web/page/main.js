// The page as a whole: listens to the events, keeps the panels, says how it goes.

import {EventList} from './event_list.js';
import {History} from './history.js';
import {Panel} from './panel.js';
import {formatNumber, noticeText} from './text.js';

const COLOURS = ['pale', 'grid', 'edge', 'value', 'band', 'anomaly', 'drift', 'alarm', 'label',
                 'event', 'event-ground'];

const element = id => document.getElementById(id);

const history = new History();
const look = {view: history.about, events: history.events, colours: {}};
let panels = [];
let source = null;  // the EventSource
let isPaused = false;
const eventList = new EventList(element('events'), reveal);

function readColours() {
  const style = getComputedStyle(document.documentElement);
  for (const name of COLOURS) look.colours[name] = style.getPropertyValue('--' + name).trim();
}

function showState(text, isGood) {
  element('state').textContent = text;
  element('state').classList.toggle('good', isGood);
}

function showAbout() {
  const {about} = history;
  element('server').textContent = about.server;
  element('band').textContent = 'expected \u00b1 ' + formatNumber(about.threshold) + ' sigma';
  element('notice').textContent = noticeText(about) + (isPaused ? (noticeText(about) && ', ') + 'paused' : '');
  showState(about.state, about.state === 'live');
  element('empty').hidden = panels.length > 0 || isPaused;
  element('board').classList.toggle('single', panels.length === 1);
}

// What is held, onto the page; while it is paused the data goes on and the page stands still.
function showHeld(changed) {
  look.view = history.about;
  if (look.events !== history.events) eventList.show(history.events);
  const isEventful = look.events !== history.events;
  look.events = history.events;
  for (const panel of panels.slice(history.panels.length)) panel.remove();
  panels = panels.slice(0, history.panels.length);
  for (const index of changed) {
    panels[index] ??= new Panel(element('board'), look);
    panels[index].show({...history.panels[index]});
  }
  if (isEventful) for (const panel of panels) panel.redraw();
}

function apply(event) {
  if (!history.apply(event)) return connect();
  if (!isPaused) showHeld(event.panels.map(part => part.panel));
  showAbout();
}

function pause(wanted) {
  isPaused = wanted;
  element('pause').textContent = isPaused ? 'Go on' : 'Pause';
  element('pause').setAttribute('aria-pressed', String(isPaused));
  if (!isPaused) showHeld(history.panels.keys());
  showAbout();
}

// The panel where an event is to be seen: its feature's, else the stream's first.
function reveal({stream, feature}) {
  const index = history.panels.findIndex(
      held => held.stream === stream && (feature === '' || held.feature === feature));
  panels[index]?.reveal();
}

function connect() {
  if (source) source.close();
  const mine = source = new EventSource('events');
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
element('pause').addEventListener('click', () => pause(!isPaused));
addEventListener('keydown', event => {
  // A button that has the focus is pressed by the space bar itself.
  if (event.key !== ' ' || event.target.closest('button')) return;
  event.preventDefault();
  pause(!isPaused);
});
addEventListener('resize', redrawAll);  // also when the page is zoomed: the pixels' size changes
readColours();
connect();
