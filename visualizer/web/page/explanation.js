// Why an event was told: the sentence, the points around it, the numbers of the parts that spoke, and a person's word.

import {drawable} from './sample.js';
import {eventTime, eventTitle, formatNumber, formatTime} from './text.js';

function part(root, tag, text = '', name = '') {
  const made = root.appendChild(document.createElement(tag));
  made.textContent = text;
  if (name) made.className = name;
  return made;
}

// The points around it as samples (sample.js).
export function samplesOf({before = [], from = []} = {}) {
  return [...before.map(({ts, value}) => [0, ts, value, 0]), ...from.map(({n, ts, value, expected, sigma}) =>
    typeof expected === 'number' && typeof sigma === 'number' ? [n, ts, value, 0, expected, sigma, null, null] :
                                                                [n, ts, value, 0])];
}

export class Explanation {
  // mark(event, word) resolves with the server's reply; close() when the reader has had enough.
  constructor(root, {mark, close}) {
    this.root = root;
    this.mark = mark;
    this.close = close;
  }

  hide() {
    this.root.hidden = true;
    this.event = null;
  }

  begin(event, isUtc) {
    this.event = event;
    this.root.hidden = false;
    this.root.replaceChildren();
    const head = part(this.root, 'header');
    const name = [eventTitle(event), event.stream, 'severity ' + event.severity].join(' \u00b7 ');
    const title = part(head, 'h2', name);
    title.id = 'why-title';
    const shut = part(head, 'button', 'Close');
    shut.type = 'button';
    shut.addEventListener('click', () => this.close());
    part(this.root, 'p', event.text, 'sentence');
    part(this.root, 'p', eventTime(event, isUtc), 'pale');
    this.body = part(this.root, 'div');
    part(this.body, 'p', 'asking the server why \u2026', 'pale');
  }

  fail(message) {
    this.body.replaceChildren();
    part(this.body, 'p', 'No explanation: ' + message, 'pale');
  }

  show(explained, isUtc) {
    this.body.replaceChildren();
    this.word = part(this.body, 'p', explained.marked ? 'marked as ' + explained.marked : '', 'pale');
    this.word.setAttribute('role', 'status');
    const buttons = part(this.body, 'div', '', 'marks');
    for (const [word, text] of [['expected', 'This was expected'], ['real', 'This was real']]) {
      const button = part(buttons, 'button', text);
      button.type = 'button';
      button.addEventListener('click', () => this.say(word));
    }
    const numbersFold = part(this.body, 'details');
    part(numbersFold, 'summary', 'the numbers of the parts that spoke');
    const columns = part(numbersFold, 'div', '', 'evidence');
    for (const [name, numbers] of Object.entries(explained.evidence ?? {})) {
      const table = part(columns, 'table');
      part(table, 'caption', name);
      for (const [what, number] of Object.entries(numbers)) {
        const row = part(table, 'tr');
        part(row, 'th', what.replaceAll('_', ' ')).scope = 'row';
        part(row, 'td', typeof number === 'number' ? formatNumber(drawable(number)) : String(number));
      }
    }
    const points = samplesOf(explained.context);
    if (points.length === 0) return;
    const fold = part(this.body, 'details');
    part(fold, 'summary', points.length + ' points around it');
    const table = part(fold, 'table');
    for (const sample of points) {
      const row = part(table, 'tr');
      part(row, 'td', formatTime(sample[1], isUtc));
      part(row, 'td', formatNumber(sample[2]));
      part(row, 'td', sample.length > 4 ? formatNumber(sample[4]) + ' \u00b1 ' + formatNumber(sample[5]) : '');
    }
  }

  async say(word) {
    try {
      const {as} = await this.mark(this.event, word);
      this.word.textContent = 'marked as ' + as;
    } catch (failure) {
      this.word.textContent = 'not marked: ' + failure.message;
    }
  }
}
