/** docs/testing.md shows tests that pass, an exact error text, and all mistakes that exist. */
import { readFileSync } from 'node:fs';
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, useSession } from '../../../src/index.js';
import { testFrames, VIRTUAL_IDS, voiceTest } from '../../../src/testing/index.js';
import { RULES } from '../../../src/testing/rules/mistakes.js';
import { RUNNERS } from '../../packaging/runner-ways.mjs';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/testing.md');

describe('docs/testing.md', () => {
  it('has its code from the example, which is run', () => {
    const example = read('docs/examples/marble-test.mjs');
    const blocks = [...page.matchAll(/```js\n(.*?)```/gs)].map(([, block]) => block!.trimEnd());
    expect(blocks.length).toBeGreaterThan(4);
    for (const block of blocks) expect(example).toContain(block);
  });

  it('shows an error as it is', () => {
    const wrong = (): void =>
      voiceTest(({ voice, expectObservable }) => {
        expectObservable(voice.heard$).toBe('60ms a 19ms b 14ms c', { a: 'frame 0', b: 'frame 1', c: 'frame 2' });
        const bot$ = connectVoice$(voice.gateway, VIRTUAL_IDS, voice.options).pipe(useSession((session) => session.play(testFrames(3))));
        expectObservable(bot$.pipe(map(({ type }) => type)), '110ms !').toBe('60ms (as) 16ms s 19ms s', { a: 'started', s: 'sent' });
      });
    const [, shown] = /```\n(c = .*?)\n```/s.exec(page)!;
    expect(wrong).toThrow(shown);
  });

  it('has a row for each mistake, and for each runner', () => {
    expect([...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, mistake]) => mistake).filter((mistake) => mistake! in RULES)).toEqual(Object.keys(RULES));
    const rows = [...page.matchAll(/^\| ([\w: .]+) \| (.*) \| works \|$/gm)].map(([, , how]) => how);
    expect(rows).toEqual(RUNNERS.map(({ how }) => how));
  });
});
