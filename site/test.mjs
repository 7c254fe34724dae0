/**
 * `npm run test:site`: opens every page of the built site in a browser, wide and phone-sized, dark and light. The console must stay empty, no file
 * may be missing, no page may be wider than the phone, and the search must find pages. Screenshots of some are put into `site/shots`.
 */
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import puppeteer from 'puppeteer-core';
import { pages, SITE } from './stage.mjs';

const DIST = join(SITE, 'dist');
const SHOTS = join(SITE, 'shots');
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true, deviceScaleFactor: 2 };
const DESK = { width: 1_280, height: 900 };
const SHOWN = ['index', 'start', 'moving-from-discordjs-voice', 'bundlers', 'reference/rxvoice'];
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.woff2': 'font/woff2',
  '.md': 'text/markdown',
  '.txt': 'text/plain',
};
const CHROMIUMS = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Serves files like a static host: `/start` is `start.html`, `/reference/` is the index in that folder. */
function serve() {
  const server = createServer(({ url }, answer) => {
    const path = normalize(decodeURIComponent(new URL(url, 'http://localhost').pathname));
    const file = [path, `${path}.html`, join(path, 'index.html')]
      .map((name) => join(DIST, name))
      .find((name) => existsSync(name) && statSync(name).isFile());
    if (file === undefined) answer.writeHead(404).end('not found');
    else answer.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(readFileSync(file));
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}

const wrong = [];

async function look(browser, base, page, viewport, scheme) {
  const tab = await browser.newPage();
  const complain = (text) => wrong.push(`${page} at ${viewport.width} px, ${scheme}: ${text}`);
  tab.on('console', (message) => ['error', 'warn'].includes(message.type()) && complain(`console: ${message.text()}`));
  tab.on('pageerror', (error) => complain(`throws: ${error.message}`));
  tab.on('response', (response) => response.status() >= 400 && complain(`${response.status()}: ${new URL(response.url()).pathname}`));
  await tab.setViewport(viewport);
  await tab.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
  await tab.goto(`${base}/${page === 'index' ? '' : page.replace(/(^|\/)index$/, '$1')}`, { waitUntil: 'load' });
  await tab.waitForSelector('.VPContent');
  const seen = await tab.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    dark: document.documentElement.classList.contains('dark'),
    letters: document.querySelector('.VPContent').textContent.trim().length,
    small: [...document.querySelectorAll('.vp-doc p, .vp-doc li, .vp-doc code')].filter(
      (element) => parseFloat(getComputedStyle(element).fontSize) < 11,
    ).length,
    markdown: document.querySelector('link[rel=alternate]')?.getAttribute('href'),
  }));
  if (seen.wide > viewport.width) complain(`is ${seen.wide} px wide`);
  if (seen.dark !== (scheme === 'dark')) complain('is not of that scheme');
  if (seen.letters < 200) complain(`has ${seen.letters} letters`);
  if (seen.small > 0) complain(`${seen.small} pieces of text are smaller than 11 px`);
  if (!existsSync(join(DIST, seen.markdown ?? 'none'))) complain(`is not there as Markdown: ${seen.markdown}`);
  if (SHOWN.includes(page)) await tab.screenshot({ path: join(SHOTS, `${page.replaceAll('/', '-')}-${viewport.width}-${scheme}.png`) });
  await tab.close();
}

async function search(browser, base) {
  const tab = await browser.newPage();
  await tab.setViewport(DESK);
  await tab.goto(`${base}/start`, { waitUntil: 'load' });
  await tab.waitForSelector('.DocSearch-Button, .VPNavBarSearch button');
  await tab.click('.VPNavBarSearch button');
  await tab.waitForSelector('.search-input');
  await tab.type('.search-input', 'AlreadyJoinedError');
  await tab.waitForSelector('.result', { timeout: 10_000 }).catch(() => wrong.push('the search finds no AlreadyJoinedError'));
  await tab.close();
}

const executablePath = CHROMIUMS.find((path) => path !== undefined && existsSync(path));
if (executablePath === undefined) throw new Error('there is no Chromium: install one, or say where it is by CHROMIUM');
if (!existsSync(join(DIST, 'index.html'))) throw new Error('there is no site: npm run site builds it');
mkdirSync(SHOTS, { recursive: true });
const server = await serve();
const browser = await puppeteer.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] });
try {
  const base = `http://127.0.0.1:${server.address().port}`;
  for (const page of pages()) {
    await look(browser, base, page, PHONE, 'light');
    if (SHOWN.includes(page)) await look(browser, base, page, DESK, 'dark');
  }
  await search(browser, base);
  for (const file of ['llms.txt', 'llms-full.txt'])
    if (statSync(join(DIST, file)).size < 1_000) wrong.push(`${file} has hardly anything in it`);
} finally {
  await browser.close();
  server.close();
}
for (const line of wrong) console.error(line);
console.log(`${pages().length} pages, ${wrong.length} complaints`);
if (wrong.length > 0) process.exitCode = 1;
