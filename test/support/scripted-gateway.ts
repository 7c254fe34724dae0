/** A main gateway for virtual time: a marble diagram gives what it sends on each connection, and what it receives is recorded. */
import { asyncScheduler, Observable, Subject } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { GatewayLost, GIVEN_UP, type GatewaySocket } from '../../src/cli/discord/socket.js';

/** Letters for the marbles: H Hello (interval of 1 s), R READY (P: with an unencrypted resume URL, N: without a user), r RESUMED, a ack, q op 1, e an event, d reconnect, v and i invalid sessions. */
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
  /** `TIME what`: `open HOST`, `> TEXT` for received text, `drop`, `close`. */
  readonly lines: string[];
  readonly note: (line: string) => void;
}

/**
 * @param connections for each connection in turn, a marble of what the gateway sends; `#` is the loss of the connection
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
