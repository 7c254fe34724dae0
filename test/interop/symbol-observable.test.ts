/** What a session emits is followed by a library that knows `Symbol.observable` and nothing of RxJS. */
// Before RxJS, which takes the symbol that there is when it is loaded. With none, it goes by the string '@@observable'.
import { from } from 'most';
import { describe, expect, it } from 'vitest';
import { asyncScheduler } from 'rxjs';
import { connectVoice$ } from '../../src/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

describe('the states of a session', () => {
  it('are a stream of most, which gives them as they come', async () => {
    const seen: string[] = [];
    let ended: Promise<unknown> | undefined;
    virtualTime(() => {
      const { voice, options } = world();
      connectVoice$(voice.gateway, IDS, options).subscribe(({ state$ }) => {
        // The types of most know arrays and iterables only; what it takes is more.
        ended = from<{ readonly status: string }>(state$ as never).observe(({ status }) => void seen.push(status));
      });
      asyncScheduler.schedule(() => voice.kick(), 1_000);
    });
    await ended;
    expect(seen).toEqual(['ready', 'ended']);
  });
});
