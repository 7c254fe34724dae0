/** The pages, grouped by reader's purpose. A page that does not exist (yet) gets no entry; a page in no group goes into the last. */
const GROUPS = [
  [
    'Begin',
    [
      ['start', 'First sound in five minutes'],
      ['example-bot', 'An example bot'],
      ['moving-from-discordjs-voice', 'Moving from @discordjs/voice'],
      ['faq', 'Questions that come often'],
    ],
  ],
  [
    'Say something',
    [
      ['sound', 'Sources'],
      ['playlists', 'Playlists'],
      ['recipes/playlist', 'A playlist, with skip'],
      ['desk', 'The desk'],
      ['filters', 'Filters'],
      ['codecs', 'Codecs'],
    ],
  ],
  [
    'Hear',
    [
      ['receiving', 'Hearing'],
      ['recipes/recorder', 'Recording a call'],
      ['recipes/transcription', 'Transcribing a call'],
      ['recipes/barge-in', 'Answering, and being interrupted'],
    ],
  ],
  [
    'Stay on the air',
    [
      ['recovery', 'Recovery'],
      ['recipes/on-air', 'Always on the air'],
      ['encryption', 'End-to-end encryption'],
      ['security', 'What a hostile server can do'],
      ['quality', 'What Discord heard of us'],
      ['scaling', 'Scaling out'],
      ['fleets', 'Large fleets'],
    ],
  ],
  [
    'Test your bot',
    [
      ['testing', 'Testing your bot'],
      ['recipes/marble-testing', 'In virtual time'],
      ['server', 'Against the embedded server'],
      ['discord', 'A whole Discord'],
      ['server-refusals', 'What the server refuses'],
    ],
  ],
  [
    'With other things',
    [
      ['interop', 'Loops and other Observables'],
      ['bundlers', 'Bundlers, test runners, Docker, Bun, Deno'],
      ['cli', 'The command line'],
      ['doctor', 'rxvoice doctor'],
    ],
  ],
  [
    'How it is made',
    [
      ['architecture', 'Architecture'],
      ['diagrams', 'Marble diagrams'],
      ['decisions', 'Decisions'],
      ['performance', 'Performance'],
      ['storms', 'Storms'],
      ['strangers', 'Strangers'],
      ['contributing', 'Contributing'],
      ['changelog', 'Changelog'],
    ],
  ],
];

/** Pages that are not part of the guide. */
const APART = ['index', 'reference'];

/**
 * @param pages the paths of the pages, without `.md`
 * @param titleOf returns the heading of a page
 */
export function sidebar(pages, titleOf) {
  const there = new Set(pages.filter((page) => !APART.includes(page.split('/')[0])));
  const item = (page, text) => ({ text, link: `/${page}` });
  const groups = GROUPS.map(([text, entries]) => ({
    text,
    items: entries.filter(([page]) => there.delete(page)).map(([page, title]) => item(page, title)),
  }));
  const others = [...there].sort().map((page) => item(page, titleOf(page)));
  return [...groups, { text: 'More', items: others }].filter(({ items }) => items.length > 0);
}
