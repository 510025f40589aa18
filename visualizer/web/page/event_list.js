// The list of what happened, the newest on top; a click shows where. Texts enter as text, never as markup.

import {eventTime, eventTitle} from './text.js';

function cell(row, name, text) {
  const made = row.appendChild(document.createElement('span'));
  made.className = name;
  made.textContent = text;
}

export class EventList {
  // `root` is a section with a list in it; choose(event) is called for the one that was clicked.
  constructor(root, choose) {
    this.root = root;
    this.list = root.querySelector('ol');
    this.choose = choose;
  }

  show(events) {
    this.root.hidden = events.length === 0;
    this.list.replaceChildren(...[...events].reverse().map(event => this.rowOf(event)));
  }

  rowOf(event) {
    const item = document.createElement('li');
    const row = item.appendChild(document.createElement('button'));
    row.type = 'button';
    row.classList.toggle('over', event.over);
    row.addEventListener('click', () => this.choose(event));
    cell(row, 'severity', String(event.severity));
    cell(row, 'kind', eventTitle(event));
    cell(row, 'stream', event.stream);
    cell(row, 'since', eventTime(event));
    cell(row, 'said', event.text);
    return item;
  }
}
