// The page in a real browser: spindrift-viz between a made-up server and Chromium. Needs playwright-core and axe-core
// (npm install in this folder), a Chromium and a built spindrift-viz:
// node viewer_browser.mjs BUILD_FOLDER [SCREENSHOT_FOLDER]
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import net from 'node:net';
import process from 'node:process';

import {chromium} from 'playwright-core';

const [build, pictures] = process.argv.slice(2);
const HOSTILE = '<img src=x onerror=alert(1)>\u202e\'"';

// One subscriber at a time, which gets what send() is given.
function openServer(port = 0) {
  const server = net.createServer(socket => {
    server.subscriber = socket;
    socket.on('error', () => {});
    socket.once('data', () => { server.send({type: 'subscribed', streams: ['*']}); server.onSubscribed?.(); });
  });
  server.send = line => server.subscriber?.write(JSON.stringify(line) + '\n');
  return new Promise(done => server.listen(port, '127.0.0.1', () => done(server)));
}

function verdict(stream, n, more = {}) {
  return {type: 'verdict', stream, n, ts: 1764000000000 + n * 1000, value: 20 + Math.sin(n / 5), expected: 20,
          sigma: 0.5, z: 0, anomaly: false, drift: false, alarm: false, ...more};
}

function shift(more) {
  return {type: 'event', event: 1, stream: 'pump', state: 'open', kind: 'shift', direction: 'up', severity: 63,
          told_n: 40, told: 1764000040000, from_n: 30, from: 1764000030000, to_n: null, to: null,
          text: HOSTILE, ...more};
}

// Resolves with the address of the page.
function startViewer(port) {
  const viewer = spawn(build + '/bin/spindrift-viz', ['--server', '127.0.0.1:' + port, '--web', '127.0.0.1:0']);
  viewer.stderr.resume();
  return new Promise(done => viewer.stdout.once('data', bytes => done({viewer, url: /http\S+/.exec(bytes)[0]})));
}

async function textOf(page, selector) {
  return (await page.locator(selector).textContent()).trim();
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

async function checkPage(page, server) {
  await page.locator('#state.good').waitFor();
  await page.locator('.panel').nth(2).waitFor();
  assert.deepEqual(await page.locator('.panel h2').allTextContents(), ['pump', HOSTILE, 'room \u00b7 a']);
  assert.equal(await page.locator('img').count(), 0, 'a name became markup');

  // What is pointed at is what was on the wire.
  await page.locator('.panel canvas').first().hover({position: {x: 56, y: 60}});
  await page.locator('.panel .figures', {hasText: /^n 1 /}).first().waitFor();
  const figures = await page.locator('.panel .figures').first().textContent();
  assert.match(figures, /16:00:01 \u00b7 value 20\.1987 .* 20 \u00b1 2\.5/);

  // An event: a row whose text is text; a click shows its panel; its end is told in the same row.
  const row = page.locator('.events li');
  assert.equal(await row.count(), 1);
  assert.equal(await row.locator('.said').textContent(), HOSTILE);
  await row.locator('button').click();
  await page.locator('.panel.chosen', {hasText: 'pump'}).waitFor();
  server.send(shift({state: 'closed', to_n: 45, to: 1764000045000}));
  await page.locator('.events .over').waitFor();
  assert.equal(await row.count(), 1);

  // Paused by the keyboard it stands still, and what came meanwhile is there afterwards.
  await page.mouse.move(0, 0);
  await page.locator('h1').click();
  await page.keyboard.press(' ');
  await page.locator('#notice', {hasText: 'paused'}).waitFor();
  server.send(verdict('pump', 51));
  server.send({type: 'gap', missed: 7});
  await page.locator('#notice', {hasText: 'missed 7'}).waitFor();
  assert.match(await page.locator('.panel .figures').first().textContent(), /^n 50 /);
  await page.locator('#pause').click();
  await page.locator('.panel .figures', {hasText: /^n 51 /}).first().waitFor();

  const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
  assert.ok(wide <= 0, 'the page is wider than the window by ' + wide);
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
  server.subscriber.destroy();
  await new Promise(done => server.close(done));
  await page.locator('#state:not(.good)', {hasText: 'waiting'}).waitFor();
  const again = await openServer(port);
  await page.locator('#state.good').waitFor();
  assert.equal(await textOf(page, '#state'), 'live');
  return again;
}

async function run(browser) {
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
    const {viewer, url} = await startViewer(server.address().port);
    const page = await watch(browser, url, width);
    try {
      await checkPage(page, server);
      await checkAccess(page);
      if (pictures) await page.screenshot({path: pictures + '/page-' + width + '.png', fullPage: true});
      server = await checkReturn(page, server);
      assert.deepEqual(page.troubles, []);
    } finally {
      viewer.kill();
      server.subscriber?.destroy();
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
