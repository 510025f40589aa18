// Asks the viewer: one answer, or the same again and again, never two at once.

const REQUEST_MS = 10000;

export async function ask(path, query = {}, method = 'GET') {
  const text = new URLSearchParams(query).toString();
  const answer = await fetch(path + (text ? '?' + text : ''), {method, signal: AbortSignal.timeout(REQUEST_MS)});
  if (answer.status === 401) location.assign('login');
  const said = await answer.json();
  if (said.type === 'error') throw new Error(said.message);
  return said;
}

// Calls look() every so many milliseconds, later where it takes longer; not while nobody sees the page.
export class Poll {
  constructor(interval, look) {
    this.interval = interval;
    this.look = look;
    this.timer = null;
    document.addEventListener('visibilitychange', () => { if (!document.hidden) this.now(); });
  }

  now() {
    clearTimeout(this.timer);
    this.timer = null;
    if (this.isLooking) {
      this.isDue = true;
      return;
    }
    this.run();
  }

  async run() {
    this.isLooking = true;
    this.isDue = false;
    try {
      if (!document.hidden) await this.look();
    } finally {
      this.isLooking = false;
      this.timer = setTimeout(() => this.run(), this.isDue ? 0 : this.interval);
    }
  }
}
