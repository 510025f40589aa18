// What was heard: events applied one after the other. No page and no network.

export class History {
  constructor() {
    this.at = 0;  // the number of the newest event that was applied
    this.about = {threshold: 5, axis: 'n', points: 500, server: '', state: '', others: 0, missed: 0};
    this.events = [];  // what happened to the streams, the newest last
    this.panels = [];  // {stream, feature, totals, samples}
  }

  // False where a number was left out: we were too slow, and the server dropped events. A new connection begins with a
  // snapshot.
  apply(event) {
    if (!event.full && event.at !== this.at + 1) return false;
    const {full, at, panels: parts, events, ...about} = event;
    this.at = at;
    this.about = about;
    if (events) this.events = events;
    if (full) this.panels.length = Math.min(this.panels.length, parts.length);
    for (const part of parts) this.applyPart(part);
    return true;
  }

  applyPart(part) {
    const held = this.panels[part.panel] ??= {stream: '', feature: '', totals: [0, 0, 0], samples: []};
    if (part.fresh) Object.assign(held, {stream: part.stream, feature: part.feature, samples: []});
    held.samples = held.samples.concat(part.samples).slice(-this.about.points);
    held.totals = part.totals;
  }
}

export const titleOf = ({stream, feature}) => feature === '' ? stream : stream + ' \u00b7 ' + feature;
