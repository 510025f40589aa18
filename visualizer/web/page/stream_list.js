// The list of streams, the worst first: only the rows in view exist. Names enter as text, never as markup.

import {ageText, formatNumber, titleText} from './text.js';

const ROW = 46;  // pixels, as in style.css
const SPARE = 4;

function part(row, tag, name) {
  const made = row.appendChild(document.createElement(tag));
  made.className = name;
  return made;
}

// `width` and `height` of the canvas as it is laid out.
function drawSpark(canvas, values, colour, {width, height}) {
  const scale = devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
  if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
  const pen = canvas.getContext('2d');
  pen.setTransform(scale, 0, 0, scale, 0, 0);
  pen.clearRect(0, 0, width, height);
  const least = Math.min(...values), span = Math.max(...values) - least;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.3;
  pen.beginPath();
  values.forEach((value, i) => {
    const x = 1 + i / Math.max(1, values.length - 1) * (width - 2);
    pen.lineTo(x, span > 0 ? 2 + (1 - (value - least) / span) * (height - 4) : height / 2);
  });
  pen.stroke();
}

export class StreamList {
  // choose(name, isAdded) for the one that was clicked; scrolled() when other rows are in view.
  constructor(root, {choose, scrolled}) {
    this.root = root;
    this.list = root.querySelector('ul');
    this.choose = choose;
    this.rows = [];
    this.from = 0;
    root.addEventListener('scroll', scrolled);
    this.sparkSize = null;  // asked for once: each question has the browser lay out the page
    new ResizeObserver(() => { this.sparkSize = null; scrolled(); }).observe(root);
  }

  // Which rows are wanted: those in view and a few more.
  window() {
    const from = Math.max(0, Math.floor(this.root.scrollTop / ROW) - SPARE);
    return {from, count: Math.ceil(this.root.clientHeight / ROW) + 2 * SPARE};
  }

  show(found, from, rows, chosen, colours) {
    this.list.style.height = found * ROW + 'px';
    this.list.style.paddingTop = from * ROW + 'px';
    this.from = from;
    this.names = rows.map(row => row.stream);
    while (this.rows.length < rows.length) this.rows.push(this.makeRow());
    for (const extra of this.rows.splice(rows.length)) extra.item.remove();
    rows.forEach((row, i) => this.fill(this.rows[i], row, chosen));
    const first = this.rows[0]?.spark;
    if (!this.sparkSize && first?.clientWidth) this.sparkSize = {width: first.clientWidth, height: first.clientHeight};
    rows.forEach((row, i) => this.draw(this.rows[i], row, colours));
  }

  // Where it is not what is drawn there already.
  draw(made, row, colours) {
    const colour = row.stale ? colours.pale : colours.value;
    const drawn = [row.stream, row.ts, row.spark.length, row.spark.at(-1), colour, this.sparkSize?.width].join(' ');
    if (!this.sparkSize || made.drawn === drawn) return;
    made.drawn = drawn;
    drawSpark(made.spark, row.spark, colour, this.sparkSize);
  }

  makeRow() {
    const item = part(this.list, 'li', 'row');
    const button = part(item, 'button', 'pick');
    button.type = 'button';
    const made = {item, button, severity: part(button, 'span', 'severity'), name: part(button, 'span', 'name'),
                  spark: part(button, 'canvas', 'spark'), value: part(button, 'span', 'value'),
                  age: part(button, 'span', 'age'), add: part(item, 'button', 'add'), stream: ''};
    made.spark.setAttribute('aria-hidden', 'true');
    made.add.type = 'button';
    made.add.textContent = '+';
    button.addEventListener('click', ({ctrlKey, metaKey, shiftKey}) =>
      this.choose(made.stream, ctrlKey || metaKey || shiftKey));
    made.add.addEventListener('click', () => this.choose(made.stream, true));
    return made;
  }

  fill(made, row, chosen) {
    const set = (where, text) => { if (where.textContent !== text) where.textContent = text; };
    const worst = row.open || row.recent;
    const isChosen = chosen.includes(row.stream);
    made.stream = row.stream;
    set(made.name, titleText(row.stream, '', row.title));
    made.button.title = row.title ? row.stream : '';
    set(made.severity, worst > 0 ? String(worst) : '');
    made.severity.className = 'severity' + (row.open > 0 ? ' open' : '') + (worst >= 80 ? ' grave' : '');
    made.severity.title = row.kind;
    set(made.value, row.value.map(formatNumber).join('  ') + (row.features > 3 ? ' \u2026' : '') +
                    (row.unit && row.value.length > 0 ? ' ' + row.unit : ''));
    set(made.age, (row.stale ? 'stale, ' : '') + ageText(row.age));
    made.item.classList.toggle('stale', row.stale);
    made.button.setAttribute('aria-pressed', String(isChosen));
    made.add.setAttribute('aria-label', (isChosen ? 'Leave out ' : 'Add ') + row.stream);
    set(made.add, isChosen ? '\u2212' : '+');
  }
}
