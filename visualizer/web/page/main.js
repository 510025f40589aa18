// The page as a whole: listens to the events, keeps the panels, says how it goes.

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
  element('notice').textContent = noticeText(about);
  showState(about.state, about.state === 'live');
  element('empty').hidden = panels.length > 0;
  element('board').classList.toggle('single', panels.length === 1);
}

function apply(event) {
  if (!history.apply(event)) return connect();
  look.view = history.about;
  look.events = history.events;
  for (const panel of panels.slice(history.panels.length)) panel.remove();
  panels = panels.slice(0, history.panels.length);
  for (const {panel: index} of event.panels) {
    panels[index] ??= new Panel(element('board'), look);
    panels[index].show(history.panels[index]);
  }
  if (event.events) for (const panel of panels) panel.redraw();
  showAbout();
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
addEventListener('resize', redrawAll);  // also when the page is zoomed: the pixels' size changes
readColours();
connect();
