/** A library that knows `Symbol.observable` and nothing of RxJS subscribes to what a session emits. */
// Imported before RxJS, which reads the symbol when it is loaded. If there is none, RxJS uses the string '@@observable'.
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
        // The types of most allow arrays and iterables only; the code accepts more.
        ended = from<{ readonly status: string }>(state$ as never).observe(({ status }) => void seen.push(status));
      });
      asyncScheduler.schedule(() => voice.kick(), 1_000);
    });
    await ended;
    expect(seen).toEqual(['ready', 'ended']);
  });
});
