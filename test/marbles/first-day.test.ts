/** The README's quick start on a new user's first day: each wrong setup is reported early and by its cause. */
import { readFileSync } from 'node:fs';
import { asyncScheduler, retry } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, useSession, voiceRetry, type VoiceTimeoutError } from '../../src/index.js';
import { testFrames, type VirtualVoiceOptions } from '../../src/testing/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

/** What the quick start prints, with its time in ms, and how often it joined. */
function quickStart(circumstances: Partial<VirtualVoiceOptions>): { told: string[]; joins: number } {
  const told: string[] = [];
  let joins = 0;
  const print = (how: string) => (error: unknown) => void told.push(`${asyncScheduler.now()} ${how} ${(error as VoiceTimeoutError).message}`);
  virtualTime(({ flush }) => {
    const { voice, options } = world(circumstances);
    voice.commands$.subscribe(({ d }) => (joins += d.channel_id === null ? 0 : 1));
    connectVoice$(voice.gateway, IDS, options)
      .pipe(
        useSession((session) => session.play(testFrames(3))),
        retry(voiceRetry({ onRetry: print('warn') })),
      )
      .subscribe({ error: print('error'), complete: () => told.push('done') });
    flush();
  });
  return { told, joins };
}

describe('the quick start', () => {
  it('is that of the README', () => {
    const page = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    expect(page).toMatch(/useSession\(\(session\) => session\.play\(.*\n[^]{0,120}retry\(voiceRetry\(\{ onRetry: console\.warn \}\)\)/);
  });

  it('says nothing where everything is well', () => {
    expect(quickStart({})).toEqual({ told: ['done'], joins: 1 });
  });

  it('without the intent: told after 10 s, and over after 21', () => {
    const { told, joins } = quickStart({ silent: ['state'] });
    expect(told).toEqual([
      expect.stringMatching(/^10000 warn .*'signalling' took more than 10000 ms: .*GUILD_VOICE_STATES intent/),
      expect.stringMatching(/^21000 error .*GUILD_VOICE_STATES intent/),
    ]);
    expect(joins).toBe(2);
  });

  it('without a permission, neither event comes: the same', () => {
    const { told } = quickStart({ silent: ['state', 'server'] });
    expect(told).toEqual([expect.stringMatching(/^10000 warn .*CONNECT or VIEW_CHANNEL permission/), expect.stringMatching(/^21000 error /)]);
  });

  it('where UDP is blocked: told after 6 s, and over after 13', () => {
    const { told, joins } = quickStart({ silent: ['discovery'] });
    expect(told).toEqual([
      expect.stringMatching(/^6040 warn .*'discovery' took more than 6000 ms: .*allow UDP to ports/),
      expect.stringMatching(/^13080 error .*allow UDP/),
    ]);
    expect(joins).toBe(2);
  });

  it('where Discord is slow to name a voice server: five retries, each of them told', () => {
    const { told, joins } = quickStart({ silent: ['server'] });
    expect(told.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      '10000 warn', '21000 warn', '33000 warn', '47000 warn', '65000 warn', '91000 error',
    ]); // prettier-ignore
    expect(joins).toBe(6);
  });
});
