// One panel of the page: a name, figures, a canvas. Names enter as text, never as markup.

import {drawChart, frameOf, nearest} from './chart.js';
import {titleOf} from './history.js';
import {spansOf} from './span.js';
import {pointText, summaryText} from './text.js';

export class Panel {
  // `look` has the view's settings and the colours, which may change.
  constructor(board, look) {
    this.look = look;
    this.root = document.createElement('section');
    this.root.className = 'panel';
    const header = this.root.appendChild(document.createElement('header'));
    this.name = header.appendChild(document.createElement('h2'));
    this.figures = header.appendChild(document.createElement('p'));
    this.figures.className = 'figures';
    this.canvas = this.root.appendChild(document.createElement('canvas'));
    this.canvas.setAttribute('role', 'img');
    this.pointer = null;  // where the reader points, in pixels from the left
    this.held = null;     // what history.js holds of it
    const point = event => { this.pointer = event.offsetX; this.redraw(); };
    this.canvas.addEventListener('pointermove', point);
    this.canvas.addEventListener('pointerdown', point);
    this.canvas.addEventListener('pointerleave', () => { this.pointer = null; this.redraw(); });
    this.watcher = new ResizeObserver(() => this.redraw());
    this.watcher.observe(this.canvas);
    board.append(this.root);
  }

  remove() {
    this.watcher.disconnect();
    this.root.remove();
  }

  show(held) {
    this.held = held;
    this.name.textContent = titleOf(held);
    this.redraw();
  }

  // Brings it into view, and says which it is.
  reveal() {
    this.root.scrollIntoView({block: 'nearest'});
    for (const other of this.root.parentElement.children) other.classList.toggle('chosen', other === this.root);
  }

  // At most once a frame, however much comes.
  redraw() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => { this.isWaiting = false; this.draw(); });
  }

  draw() {
    const {clientWidth: width, clientHeight: height} = this.canvas;
    const {view, colours} = this.look;
    const frame = this.held && frameOf(this.held.samples, width, height, view);
    if (frame) frame.spans = spansOf(this.look.events, this.held, frame.xs, view.axis);
    if (!frame) return;
    const scale = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * scale);
    this.canvas.height = Math.round(height * scale);
    const pen = this.canvas.getContext('2d');
    pen.scale(scale, scale);
    const near = this.pointer === null ? null : nearest(frame, this.pointer);
    drawChart(pen, frame, colours, near);
    const summary = summaryText(frame.samples[frame.samples.length - 1], this.held.totals);
    this.canvas.setAttribute('aria-label', this.name.textContent + ': ' + summary);
    this.figures.textContent = near ? pointText(near, view.threshold) : summary;
  }
}
