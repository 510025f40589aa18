// A picture of the page as it is, or of when an event of a kind is over:
// node screenshot.mjs URL FILE.png [WIDTH] [HEIGHT] [KIND]
import {existsSync} from 'node:fs';
import process from 'node:process';

import {chromium} from 'playwright-core';

const [url, file, width = '1280', height = '860', kind = ''] = process.argv.slice(2);
const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const browser = await chromium.launch({executablePath, args: ['--no-sandbox']});
try {
  const page = await browser.newPage({viewport: {width: Number(width), height: Number(height)}});
  await page.goto(url);
  if (kind) await page.locator('.events .over .kind', {hasText: kind}).waitFor({timeout: 120000});
  await page.locator('.panel canvas').first().waitFor();
  await page.locator('.events li').first().waitFor();
  await page.locator('.panel .figures', {hasText: 'last'}).first().waitFor();
  await page.screenshot({path: file});
} finally {
  await browser.close();
}
