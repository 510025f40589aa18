// The page in a real browser: spindrift-viz between a made-up server and Chromium. Needs playwright-core and axe-core
// (npm install in this folder), a Chromium and a built spindrift-viz:
// node viewer_browser.mjs BUILD_FOLDER [SCREENSHOT_FOLDER]
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import net from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import process from 'node:process';

import {chromium} from 'playwright-core';

const [build, pictures] = process.argv.slice(2);
const HOSTILE = '<img src=x onerror=alert(1)>\u202e\'"';

function verdict(stream, n, more = {}) {
  return {type: 'verdict', stream, n, ts: 1764000000000 + n * 1000, value: 20 + Math.sin(n / 5), expected: 20,
          sigma: 0.5, z: 0, anomaly: false, drift: false, alarm: false, ...more};
}

function shift(more) {
  return {type: 'event', event: 1, stream: 'pump', state: 'open', kind: 'shift', direction: 'up', severity: 63,
          told_n: 40, told: 1764000040000, from_n: 30, from: 1764000030000, to_n: null, to: null,
          text: HOSTILE, ...more};
}

// What happened yesterday, before any viewer was there.
const YESTERDAY = {...shift({event: 9, stream: 'boiler', kind: 'stuck', direction: '', state: 'closed', to_n: 30,
                             to: 1763900020000, from: 1763900010000, told: 1763900015000, text: 'stood still'})};
const ANSWERS = {
  history: () => ({type: 'history', events: [YESTERDAY]}),
  recent: ({stream}) => ({type: 'recent', stream, n: 1, points: [{ts: 1763999999000, value: 21}],
                         ...(stream === 'pump' ? {title: 'Pump of the cellar', unit: 'bar'} : {})}),
  explain: ({stream, event}) => ({...YESTERDAY, type: 'explanation', stream, event,
    evidence: {adwin: {width: 320, mean_before: 20.5}},
    context: {before: [{ts: 1763900008000, value: 4}, {ts: 1763900009000, value: 5}],
              from: [{n: 30, ts: 1763900010000, value: 5, expected: 7, sigma: 1}]}}),
  mark: ({stream, event, as}) => ({type: 'marked', stream, event, as}),
};

// One subscriber at a time, which gets what send() is given; questions are answered by `answers`.
function openServer(port = 0) {
  const server = net.createServer(socket => {
    socket.on('error', () => {});
    server.sockets.add(socket);
    socket.on('close', () => server.sockets.delete(socket));
    let rest = '';
    socket.on('data', bytes => {
      const lines = (rest + bytes).split('\n');
      rest = lines.pop();
      for (const asked of lines.map(line => JSON.parse(line))) server.hear(socket, asked);
    });
  });
  server.asked = [];
  server.sockets = new Set();
  server.end = () => { for (const socket of server.sockets) socket.destroy(); };
  server.hear = (socket, asked) => {
    server.asked.push(asked);
    if (asked.op === 'subscribe') {
      server.subscriber = socket;
      server.send({type: 'subscribed', streams: ['*']});
      server.onSubscribed?.();
    } else {
      const answer = ANSWERS[asked.op]?.(asked) ?? {type: 'error', code: 'unknown_op', message: 'no ' + asked.op};
      socket.write(JSON.stringify(answer) + '\n');
    }
  };
  server.send = line => server.subscriber?.write(JSON.stringify(line) + '\n');
  return new Promise(done => server.listen(port, '127.0.0.1', () => done(server)));
}

// Resolves with the address of the page.
function startViewer(port, where = '127.0.0.1:0', ...more) {
  const viewer = spawn(build + '/bin/spindrift-viz', ['--server', '127.0.0.1:' + port, '--web', where, ...more]);
  viewer.stderr.resume();
  return new Promise(done => viewer.stdout.once('data', bytes => done({viewer, url: /http\S+/.exec(bytes)[0]})));
}

async function watch(browser, url, width) {
  const page = await browser.newPage({viewport: {width, height: 900}});
  page.troubles = [];
  page.on('pageerror', error => page.troubles.push(error.message));
  page.on('console', said => { if (said.type() === 'error') page.troubles.push(said.text()); });
  page.on('dialog', dialog => { page.troubles.push('dialog'); dialog.dismiss(); });
  await page.goto(url);
  return page;
}

const names = page => page.locator('.pick .name').allTextContents();
const figures = page => page.locator('.panel .figures').first();

// The share of a chart that is as pale as the ground of a band: no line, mark or event is.
const bandShare = page => page.locator('.panel canvas').first().evaluate(canvas => {
  const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let pale = 0;
  for (let i = 3; i < data.length; i += 4) if (data[i] > 48 && data[i] < 64) ++pale;
  return pale / (data.length / 4);
});

// Whether something is written there: left of the chart its values, below it the times.
const labelsOf = page => page.locator('.panel canvas').first().evaluate(canvas => {
  const scale = devicePixelRatio;
  const pen = canvas.getContext('2d');
  const isWritten = (...where) => pen.getImageData(...where.map(pixels => pixels * scale)).data.some(byte => byte > 0);
  const height = canvas.height / scale;
  return [isWritten(0, 0, 60, height - 40), isWritten(80, height - 44, 200, 44)];
});

async function checkPage(page, server) {
  await page.locator('#state.good').waitFor();
  await page.locator('.row').nth(3).waitFor();
  const called = page.locator('.pick .name', {hasText: /^Pump of the cellar \u00b7 pump$/});
  await called.waitFor();
  assert.equal((await names(page))[0], await called.textContent(), 'the stream with an open event is the first');
  assert.equal(await page.locator('img:not(.dygraph-rangesel-zoomhandle)').count(), 0, 'a name became markup');
  await page.locator('.pick', {hasText: 'pump'}).click();
  await page.locator('.panel h2', {hasText: /^Pump of the cellar \u00b7 pump$/}).waitFor();
  await page.locator('.panel').nth(1).waitFor({state: 'detached'});
  await page.locator('#zone').click();
  assert.ok(await bandShare(page) > 0.05, 'the band is not drawn');
  assert.deepEqual(await labelsOf(page), [true, true], 'an axis has no labels');

  // What is pointed at is what was on the wire; put there, the cursor stays.
  await page.keyboard.press('l');
  for (let i = 0; i < 48; ++i) await page.keyboard.press('ArrowLeft');
  await page.locator('.panel .figures', {hasText: /^n 2 /}).waitFor();
  assert.match(await figures(page).textContent(),
               /16:00:02 \u00b7 value 20\.3894 bar .* 20 \u00b1 2\.5 .* sigma 0\.5 \u00b7 z 0/);
  await page.keyboard.press('l');
  await page.locator('.panel .figures', {hasText: /^n 50 /}).waitFor();

  // An event's text is text; a click goes there in time and says why; its end is told in the same row.
  const row = page.locator('.events li', {hasText: 'pump'});
  assert.equal(await row.locator('.said').textContent(), HOSTILE);
  await row.locator('button').click();
  await page.locator('#why caption', {hasText: 'adwin'}).waitFor({state: 'attached'});
  assert.match(page.url(), /#stream=pump&from=\d+&to=\d+&event=1/);
  await page.locator('#why button', {hasText: 'expected'}).click();
  await page.locator('#why', {hasText: 'marked as expected'}).waitFor();
  assert.deepEqual(server.asked.findLast(asked => asked.op === 'mark'),
                   {op: 'mark', stream: 'pump', event: 1, as: 'expected'});
  server.send(shift({state: 'closed', to_n: 45, to: 1764000045000}));
  await page.locator('.events .over', {hasText: 'pump'}).waitFor();

  // Paused by the keyboard it stands still, and what came meanwhile is there afterwards.
  await page.mouse.move(0, 0);
  await page.keyboard.press('Escape');
  await page.keyboard.press('l');
  await page.keyboard.press(' ');
  await page.locator('#notice', {hasText: 'paused'}).waitFor();
  server.send(verdict('pump', 51));
  server.send({type: 'gap', missed: 7});
  await page.locator('#notice', {hasText: 'missed 7'}).waitFor();
  await page.locator('#match').fill('ROOM');  // the list still does what it is asked for
  await page.locator('.row').nth(1).waitFor({state: 'detached'});
  assert.deepEqual(await names(page), ['room']);
  await page.locator('#match').fill('');
  await page.locator('.row').nth(3).waitFor();
  assert.match(await figures(page).textContent(), /^n 50 /);
  await page.locator('#pause').click();
  await page.locator('.panel .figures', {hasText: /^n 51 /}).waitFor();

  // Folded: the window of ADWIN and the parts of the expectation. One chart alone has the range selector.
  await page.locator('#drifts summary').click();
  await page.locator('#widths canvas').first().waitFor();
  await page.locator('#parts tbody tr', {hasText: 'pump'}).waitFor();
  assert.match(await page.locator('#parts tbody tr').first().textContent(), /pump\d[\d.]*200\.517\.5 to 22\.5/);
  await page.locator('.panel .dygraph-rangesel-fgcanvas').waitFor();

  const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  assert.ok(wide <= 0, 'the page is wider than the window by ' + wide);
}

// By the keyboard alone: search, next stream, the list of keys; and what happened before this viewer came.
async function checkKeys(page) {
  await page.locator('body').click({position: {x: 2, y: 2}});
  await page.keyboard.press('/');
  await page.keyboard.type('ROOM');
  await page.locator('#found', {hasText: '1 of'}).waitFor();
  assert.deepEqual(await names(page), ['room']);
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await page.locator('.panel h2', {hasText: 'room \u00b7 a'}).waitFor();
  await page.keyboard.press('?');
  await page.locator('#keys dt', {hasText: '?'}).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#match').fill('');
  await page.locator('.events li', {hasText: 'boiler'}).locator('button').click();
  await page.locator('#why', {hasText: 'stood still'}).waitFor();
  await page.locator('.panel h2', {hasText: 'boiler'}).waitFor();
}

// Of 500 streams the one that breaks is the first of the list within 2 s.
async function checkRank(page, server) {
  for (let i = 0; i < 500; ++i) server.send(verdict('many.' + i, 1));
  await page.locator('#found', {hasText: '50'}).waitFor();
  const began = Date.now();
  server.send(verdict('many.377', 2, {anomaly: true}));
  server.send(shift({event: 3, stream: 'many.377', severity: 95}));
  await page.locator('.row:first-child', {hasText: 'many.377'}).waitFor();
  assert.ok(Date.now() - began < 2000, 'it took ' + (Date.now() - began) + ' ms');
  assert.ok(await page.locator('.row').count() < 60, 'rows out of view exist');
}

// WCAG 2 A and AA, as far as axe-core can see; in both colour schemes.
async function checkAccess(page) {
  await page.evaluate(readFileSync(new URL('node_modules/axe-core/axe.min.js', import.meta.url), 'utf8'));
  for (const colorScheme of ['light', 'dark']) {
    await page.emulateMedia({colorScheme});
    const {violations} = await page.evaluate('axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]})');
    assert.deepEqual(violations.map(({id, nodes}) => [id, nodes.map(node => node.html)]), [], colorScheme);
  }
}

async function checkReturn(page, server) {
  const {port} = server.address();
  server.end();
  await new Promise(done => server.close(done));
  await page.locator('#state:not(.good)', {hasText: 'waiting'}).waitFor();
  const again = await openServer(port);
  await page.locator('#state', {hasText: /^(live|nothing comes)/}).waitFor();
  return again;
}

// A viewer that was looked at is killed and started again: what happened yesterday is there as before, and says why.
async function checkRestart(page, viewer, server, url) {
  viewer.kill('SIGKILL');
  await page.locator('#state:not(.good)', {hasText: 'does not answer'}).waitFor();
  const again = await startViewer(server.address().port, new URL(url).host);
  await page.locator('#state', {hasText: /^(live|nothing comes)/}).waitFor();
  page.troubles = page.troubles.filter(said => !said.includes('net::ERR_'));
  await page.goto(url);
  await page.reload();
  const row = page.locator('.events li', {hasText: 'boiler'});
  assert.match(await row.locator('.since').textContent(), /^2025-11-23 /);
  await row.locator('button').click();
  await page.locator('#why', {hasText: 'stood still'}).waitFor();
  await page.locator('.panel .figures', {hasText: 'last 5'}).waitFor();
  return again.viewer;
}

// Where a token is needed a form asks for it, once.
async function checkToken(browser) {
  const folder = mkdtempSync(join(tmpdir(), 'spindrift-'));
  const file = join(folder, 'token');
  writeFileSync(file, 'right+token\n');
  const server = await openServer();
  const {viewer, url} = await startViewer(server.address().port, '127.0.0.1:0', '--web-token-file', file);
  try {
    const page = await watch(browser, url, 400);
    await page.fill('[name=token]', 'wrong');
    await page.locator('button').click();
    await page.locator('[role=alert]', {hasText: 'not the token'}).waitFor();
    await page.fill('[name=token]', 'right+token');
    await page.locator('button').click();
    await page.locator('#state', {hasText: 'live'}).waitFor();
    await page.goto(url);
    await page.locator('#state', {hasText: 'live'}).waitFor();
    await page.close();
  } finally {
    viewer.kill();
    server.end();
    server.close();
    rmSync(folder, {recursive: true});
  }
}

async function run(browser) {
  await checkToken(browser);
  for (const width of [1400, 400]) {
    let server = await openServer();
    server.onSubscribed = () => {
      for (let n = 1; n <= 50; ++n) {
        server.send(verdict('pump', n, {anomaly: n === 30}));
        server.send(verdict(HOSTILE, n));
        server.send(verdict('room', n, {values: {a: n}, feature: 'a', expected: {a: n}, sigma: {a: 1}, z: {a: 0}}));
      }
      server.send(shift({}));
      server.onSubscribed = null;
    };
    const {url, ...started} = await startViewer(server.address().port);
    let {viewer} = started;
    const page = await watch(browser, url, width);
    try {
      await checkPage(page, server);
      await checkAccess(page);
      await checkKeys(page);
      if (width > 1000) await checkRank(page, server);
      if (pictures) await page.screenshot({path: pictures + '/page-' + width + '.png', fullPage: true});
      server = await checkReturn(page, server);
      viewer = await checkRestart(page, viewer, server, url);
      assert.deepEqual(page.troubles, []);
    } finally {
      viewer.kill();
      server.end();
      server.close();
      await page.close();
    }
  }
}

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
try {
  await run(browser);
  console.log('the page in ' + executablePath + ': good');
} finally {
  await browser.close();
}
