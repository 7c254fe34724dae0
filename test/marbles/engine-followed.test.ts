/** A session that already exists when a home side asks for it: what the previous session left behind. */
import { concat, NEVER, of, Subject, timer } from 'rxjs';
import { expect, it } from 'vitest';
import { HomeSide } from '../../src/engine/home-side.js';
import { remoteSession$ } from '../../src/engine/remote-session.js';
import { serveEngine } from '../../src/engine/serve-engine.js';
import type { WireMessage } from '../../src/engine/wire.js';
import { connectVoice$, type VoiceState } from '../../src/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

it('is told as it stands, and what changes of it, until the home lets go of it', () => {
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    const states: VoiceState['status'][] = [];
    const own = connectVoice$(voice.gateway, IDS, options).subscribe((session) => {
      const [toFar$, toHome$] = [new Subject<WireMessage>(), new Subject<WireMessage>()];
      serveEngine({ messages$: toFar$, send: (message) => toHome$.next(structuredClone(message)) }, () => concat(of(session), NEVER));
      const home = new HomeSide({ messages$: toHome$, send: (message) => toFar$.next(structuredClone(message)) });
      const followed = remoteSession$({ signals$: NEVER, options: {}, guildId: IDS.guildId, ahead: 5, portable: () => ({}), place$: () => of(home) }).subscribe((there) => {
        there.state$.subscribe(({ status }) => states.push(status));
      });
      timer(100).subscribe(() => voice.close(4015));
      timer(5_000).subscribe(() => followed.unsubscribe());
      timer(6_000).subscribe(() => own.unsubscribe());
    });
    timer(20_000).subscribe(() => expect(states).toEqual(['ready', 'resuming', 'ready', 'ended']));
    flush();
  });
});
