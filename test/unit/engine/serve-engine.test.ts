/** The far side, when the session is available immediately: one that was kept. */
import { Observable, Subject } from 'rxjs';
import { expect, it } from 'vitest';
import { driveVoice$, type VoiceSession } from '../../../src/driver.js';
import { serveEngine } from '../../../src/engine/serve-engine.js';
import { WIRE_VERSION, type WireMessage } from '../../../src/engine/wire.js';
import { IDS, virtualTime, world } from '../../support/virtual-time.js';

it('tells of a session that is there at once, and of its end', () => {
  virtualTime(({ flush }) => {
    const { options } = world();
    const server = { ...IDS, endpoint: 'voice.example', sessionId: 's', token: 't' };
    const told: string[] = [];
    const run = driveVoice$(new Observable((subscriber) => subscriber.next(server)), options).subscribe((session) => {
      const messages$ = new Subject<WireMessage>();
      const say = (message: WireMessage): void => void told.push(message.type === 'next' ? Object.keys(message.value as object)[0]! : message.type);
      let ends = (): void => undefined;
      const kept$ = new Observable<VoiceSession>((subscriber) => {
        subscriber.next(session);
        ends = () => subscriber.complete();
      });
      serveEngine({ messages$, send: say }, () => kept$);
      messages$.next({ type: 'subscribe', id: 1, topic: { what: 'session', version: WIRE_VERSION, guildId: null, options: {}, log: false } });
      expect(told).toEqual(['ready']);
      ends();
      expect(told).toEqual(['ready', 'complete']);
      // Requests from now on have no session.
      messages$.next({ type: 'subscribe', id: 2, topic: { what: 'receive', session: 1 } });
      expect(told.at(-1)).toBe('error');
      run.unsubscribe();
    });
    flush();
    expect(told).toHaveLength(3);
  });
});
