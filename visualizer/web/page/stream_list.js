// The list of streams, the worst first: only the rows in view exist. Names enter as text, never as markup.

import {ageText, formatNumber, sharedFront, titleText} from './text.js';

const ROW = 46;  // pixels, as in style.css
const SPARE = 4;
const NAME_CHARACTERS = 26;  // of a longer one the end is cut off

function part(row, tag, name) {
  const made = row.appendChild(document.createElement(tag));
  made.className = name;
  return made;
}

function drawSpark(pen, values, colour, {x, y, width, height}) {
  const least = Math.min(...values), span = Math.max(...values) - least;
  pen.strokeStyle = colour;
  pen.beginPath();
  values.forEach((value, i) => {
    pen.lineTo(x + 1 + i / Math.max(1, values.length - 1) * (width - 2),
               y + (span > 0 ? 2 + (1 - (value - least) / span) * (height - 4) : height / 2));
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
    // One for all rows: each canvas is a layer of its own to the browser.
    this.sparks = part(root, 'canvas', 'sparks');
    this.sparks.setAttribute('aria-hidden', 'true');
    this.sparks.width = this.sparks.height = 0;
    this.sparkPlace = null;  // asked for once: each question has the browser lay out the page
    this.drawn = '';
    let asked = 0;
    root.addEventListener('scroll', () => {
      cancelAnimationFrame(asked);
      asked = requestAnimationFrame(scrolled);
    });
    new ResizeObserver(() => { this.sparkPlace = null; scrolled(); }).observe(root);
  }

  // Which rows are wanted: those in view and a few more.
  window() {
    const from = Math.max(0, Math.floor(this.root.scrollTop / ROW) - SPARE);
    return {from, count: Math.ceil(this.root.clientHeight / ROW) + 2 * SPARE};
  }

  show(found, from, rows, chosen, colours) {
    const {style} = this.list;
    const [height, padding] = [found * ROW + 'px', from * ROW + 'px'];
    if (style.height !== height) style.height = height;
    if (style.paddingTop !== padding) style.paddingTop = padding;
    this.from = from;
    this.names = rows.map(row => row.stream);
    while (this.rows.length < rows.length) this.rows.push(this.makeRow());
    for (const extra of this.rows.splice(rows.length)) extra.item.remove();
    const shared = sharedFront(this.names);
    rows.forEach((row, i) => this.fill(this.rows[i], row, chosen, shared));
    this.drawSparks(rows, colours);
  }

  // Where it is not what is drawn there already.
  drawSparks(rows, colours) {
    const tell = ({stream, ts, spark, stale}) => [stream, ts, spark.length, spark.at(-1), stale];
    const drawn = [this.from, this.sparkPlace?.width, colours.value, ...rows.map(tell)].join(' ');
    if (drawn === this.drawn) return;
    const first = this.rows[0]?.spark;
    if (!this.sparkPlace && first?.clientWidth) {
      const [place, all] = [first.getBoundingClientRect(), this.list.getBoundingClientRect()];
      this.sparkPlace = {x: place.left - all.left, y: place.top - all.top - this.from * ROW, width: place.width,
                         height: place.height};
    }
    if (!this.sparkPlace) return;
    this.drawn = drawn;
    const {x, y, width, height} = this.sparkPlace;
    const scale = devicePixelRatio || 1;
    const {style} = this.sparks;
    style.left = x + 'px';
    style.top = this.from * ROW + 'px';
    style.width = width + 'px';
    style.height = rows.length * ROW + 'px';
    const [wide, high] = [Math.round(width * scale), Math.round(rows.length * ROW * scale)];
    const isOther = this.sparks.width !== wide || this.sparks.height !== high;
    if (isOther) Object.assign(this.sparks, {width: wide, height: high});
    const pen = this.sparks.getContext('2d');
    pen.setTransform(scale, 0, 0, scale, 0, 0);
    pen.clearRect(0, 0, wide, high);
    pen.lineWidth = 1.3;
    rows.forEach(({spark, stale}, i) =>
      drawSpark(pen, spark, stale ? colours.pale : colours.value, {x: 0, y: y + i * ROW, width, height}));
  }

  makeRow() {
    const item = part(this.list, 'li', 'row');
    const button = part(item, 'button', 'pick');
    button.type = 'button';
    const made = {item, button, severity: part(button, 'span', 'severity'), name: part(button, 'span', 'name'),
                  spark: part(button, 'span', 'spark'), value: part(button, 'span', 'value'),
                  age: part(button, 'span', 'age'), add: part(item, 'button', 'add'), stream: ''};
    made.add.type = 'button';
    made.add.textContent = '+';
    button.addEventListener('click', ({ctrlKey, metaKey, shiftKey}) =>
      this.choose(made.stream, ctrlKey || metaKey || shiftKey));
    made.add.addEventListener('click', () => this.choose(made.stream, true));
    return made;
  }

  fill(made, row, chosen, shared) {
    const set = (where, text) => { if (where.textContent !== text) where.textContent = text; };
    const worst = row.open || row.recent;
    const isChosen = chosen.includes(row.stream);
    made.stream = row.stream;
    const isLong = shared > 1 && !row.title && row.stream.length > NAME_CHARACTERS;
    set(made.name, isLong ? '\u2026' + row.stream.slice(shared) : titleText(row.stream, '', row.title));
    set(made.severity, worst > 0 ? String(worst) : '');
    const look = 'severity' + (row.open > 0 ? ' open' : '') + (worst >= 80 ? ' grave' : '');
    if (made.severity.className !== look) made.severity.className = look;
    if (made.severity.title !== row.kind) made.severity.title = row.kind;
    set(made.value, row.value.map(formatNumber).join('  ') + (row.features > 3 ? ' \u2026' : '') +
                    (row.unit && row.value.length > 0 ? ' ' + row.unit : ''));
    set(made.age, (row.stale ? 'stale, ' : '') + ageText(row.age));
    made.item.classList.toggle('stale', row.stale);
    const name = (where, key, text) => { if (where.getAttribute(key) !== text) where.setAttribute(key, text); };
    name(made.button, 'aria-pressed', String(isChosen));
    name(made.add, 'aria-label', (isChosen ? 'Leave out ' : 'Add ') + row.stream);
    const hint = row.title || isLong ? row.stream : '';
    if (made.button.title !== hint) made.button.title = hint;
    set(made.add, isChosen ? '\u2212' : '+');
  }
}
