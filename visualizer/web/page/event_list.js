// The list of what happened, the newest on top; a click goes there. Texts enter as text, never as markup.

import {eventTime, eventTitle} from './text.js';

const ROWS_MAX = 200;
export const KINDS = ['spike', 'shift', 'trend', 'spread', 'stuck', 'silent', 'pattern', 'relation', 'unreadable'];

function cell(row, name, text) {
  const made = row.appendChild(document.createElement('span'));
  made.className = name;
  made.textContent = text;
}

export class EventList {
  // choose(event) is called for the one that was clicked.
  constructor(root, choose) {
    this.list = root.querySelector('ol');
    this.told = root.querySelector('#told');
    this.choose = choose;
    this.rows = new Map();  // by what they tell; those that tell the same stay
    const kind = root.querySelector('#kind');
    for (const name of ['', ...KINDS]) {
      const option = kind.appendChild(document.createElement('option'));
      option.value = name;
      option.textContent = name || 'any kind';
    }
  }

  show({found, events}, isUtc) {
    const shown = events.slice(0, ROWS_MAX);
    const isCut = shown.length < found;
    this.told.textContent = found === 0 ? 'none' : isCut ? 'the newest ' + shown.length + ' of ' + found : '';
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.key : null;
    const held = this.rows;
    this.rows = new Map();
    let next = this.list.firstChild;
    for (const event of shown) {
      const told = JSON.stringify([event, isUtc]);
      const row = held.get(told) ?? this.rowOf(event, isUtc);
      this.rows.set(told, row);
      if (row === next) next = next.nextSibling;
      else this.list.insertBefore(row, next);
    }
    while (next) {
      const gone = next;
      next = next.nextSibling;
      gone.remove();
    }
    if (focused) this.list.querySelector('[data-key="' + CSS.escape(focused) + '"]')?.focus();
  }

  rowOf(event, isUtc) {
    const item = document.createElement('li');
    const row = item.appendChild(document.createElement('button'));
    row.type = 'button';
    row.dataset.key = event.stream + ' ' + event.event;
    row.classList.toggle('over', event.over);
    row.addEventListener('click', () => this.choose(event));
    const look = (event.over ? '' : ' open') + (event.severity >= 80 ? ' grave' : '');
    cell(row, 'severity' + look, String(event.severity));
    cell(row, 'kind', eventTitle(event) + (event.over ? '' : ', open'));
    cell(row, 'stream', event.stream);
    cell(row, 'since', eventTime(event, isUtc));
    cell(row, 'said', event.text);
    return item;
  }
}
