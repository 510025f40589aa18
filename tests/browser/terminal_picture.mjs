// What a terminal shows, as a picture: tmux capture-pane -e -p | node terminal_picture.mjs FILE.png
import {existsSync, readFileSync} from 'node:fs';
import process from 'node:process';

import {chromium} from 'playwright-core';

const LEVELS = [0, 95, 135, 175, 215, 255];  // of the 6 x 6 x 6 colours from 16 on
const PLAIN = ['#111', '#c33', '#3a3', '#a80', '#36c', '#a3a', '#3aa', '#ddd'];

function colourOf(number) {
  if (number < 16) return PLAIN[number % 8];
  if (number > 231) return 'rgb(' + Array(3).fill(8 + 10 * (number - 232)).join(',') + ')';
  const at = number - 16;
  return 'rgb(' + [Math.floor(at / 36), Math.floor(at / 6) % 6, at % 6].map(part => LEVELS[part]).join(',') + ')';
}

const escaped = text => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function markupOf(text) {
  let colour = '';
  return text.split(/(\x1b\[[\d;]*m)/).map(part => {
    const numbers = /^\x1b\[([\d;]*)m$/.exec(part)?.[1].split(';').map(Number);
    if (!numbers) return colour ? '<span style="color:' + colour + '">' + escaped(part) + '</span>' : escaped(part);
    if (numbers[0] === 38 && numbers[1] === 5) colour = colourOf(numbers[2]);
    else if (numbers[0] === 38) colour = 'rgb(' + numbers.slice(2, 5).join(',') + ')';
    else if (numbers[0] >= 30 && numbers[0] < 38) colour = PLAIN[numbers[0] - 30];
    else if (numbers[0] === 0 || numbers[0] === 39) colour = '';
    return '';
  }).join('');
}

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
try {
  const page = await browser.newPage({viewport: {width: 1400, height: 900}});
  await page.setContent('<pre style="display:inline-block;margin:0;padding:12px;background:#fff;color:#222;' +
                        'font:14px/1.2 monospace">' + markupOf(readFileSync(0, 'utf8').trimEnd()) + '</pre>');
  await page.locator('pre').screenshot({path: process.argv[2]});
} finally {
  await browser.close();
}
