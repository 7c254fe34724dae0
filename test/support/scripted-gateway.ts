/** A main gateway for virtual time: what it says on each connection is a marble, and what it hears is written down. */
import { asyncScheduler, Observable, Subject } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { GatewayLost, GIVEN_UP, type GatewaySocket } from '../../src/cli/discord/socket.js';

/** Letters that each connection may use: H Hello (an interval of 1 s), R READY (P: to be resumed in the clear, N: of nobody), r RESUMED, a ack, q op 1, e an event, d reconnect, v and i invalid sessions. */
const SAID: Readonly<Record<string, unknown>> = {
  H: { op: 10, d: { heartbeat_interval: 1_000 } },
  R: { op: 0, t: 'READY', s: 1, d: { user: { id: '7' }, guilds: [{ id: '100' }], session_id: 'session', resume_gateway_url: 'wss://resume.example' } },
  P: { op: 0, t: 'READY', s: 1, d: { user: { id: '7' }, session_id: 'session', resume_gateway_url: 'ws://plain.example' } },
  N: { op: 0, t: 'READY', s: 1, d: { session_id: 'session', resume_gateway_url: 'no address' } },
  r: { op: 0, t: 'RESUMED', s: 3, d: null },
  a: { op: 11 },
  q: { op: 1, d: null },
  e: { op: 0, t: 'VOICE_STATE_UPDATE', s: 2, d: {} },
  d: { op: 7 },
  v: { op: 9, d: true },
  i: { op: 9, d: false },
};

export interface ScriptedGateway {
  readonly socket$: (url: string) => Observable<GatewaySocket>;
  /** `TIME what`: `open HOST`, `> TEXT` of what is heard, `drop`, `close`. */
  readonly lines: string[];
  readonly note: (line: string) => void;
}

/**
 * @param connections of each in turn: when it says what, as a marble; `#` is its loss
 * @param codes the close code of each loss, in turn. Default 1006
 */
export function scriptedGateway({ cold }: Pick<RunHelpers, 'cold'>, connections: readonly string[], codes: readonly number[] = []): ScriptedGateway {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(`${asyncScheduler.now()} ${line}`);
  let opened = 0;
  const socket$ = (url: string): Observable<GatewaySocket> =>
    new Observable((subscriber) => {
      const number = opened++;
      note(`open ${new URL(url).host}`);
      const messages$ = new Subject<string>();
      const drop = (reason: string): void => {
        note('drop');
        subscriber.error(new GatewayLost(GIVEN_UP, reason));
      };
      subscriber.add(() => note('close'));
      subscriber.next({ messages$, drop, send: (text) => note(`> ${text}`) });
      subscriber.add(
        cold(connections[number] ?? '#').subscribe({
          next: (letter) => messages$.next(JSON.stringify(SAID[letter] ?? letter)),
          error: () => subscriber.error(new GatewayLost(codes[number] ?? 1006, '')),
        }),
      );
    });
  return { socket$, lines, note };
}
