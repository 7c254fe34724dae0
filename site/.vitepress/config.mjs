import { ENTRIES } from '../../tools/entries.mjs';
import { pages, titleOf } from '../stage.mjs';
import { sidebar } from '../sidebar.mjs';

const all = pages();
const reference = all
  .filter((page) => page.startsWith('reference/') && page !== 'reference/index')
  .map((page) => ({ text: titleOf(page), link: `/${page}` }))
  .sort((a, b) => place(a) - place(b));

function place({ text }) {
  return ENTRIES.findIndex(({ name }) => name === text);
}

const ICON = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="M1 8h2l2-5 3 10 3-8 2 3h2" fill="none" stroke="#c9257d" stroke-width="2"/></svg>';

export default {
  title: 'rxvoice',
  description: 'Discord voice as RxJS streams, in TypeScript',
  base: process.env.SITE_BASE ?? '/',
  srcDir: 'pages',
  outDir: 'dist',
  cleanUrls: true,
  lang: 'en',
  lastUpdated: false,
  // Text between < and > in the pages is a type, not an HTML element.
  markdown: { html: false, theme: { light: 'github-light', dark: 'github-dark' } },
  // A link to an unknown page fails the build.
  ignoreDeadLinks: false,
  // The icon, a wave, is inlined, so that no file needs to be fetched.
  head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  transformHead: ({ page }) => [['link', { rel: 'alternate', type: 'text/markdown', href: `/${page}` }]],
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [
      { text: 'Guide', link: '/start' },
      { text: 'Reference', link: '/reference/' },
      { text: 'Changelog', link: '/changelog' },
    ],
    sidebar: { '/reference/': [{ text: 'Reference', link: '/reference/', items: reference }], '/': sidebar(all, titleOf) },
    socialLinks: [{ icon: 'github', link: 'https://github.com/rxvoice/rxvoice' }],
    docFooter: { prev: false, next: false },
  },
};
