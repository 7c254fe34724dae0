/** A gateway, WebSocket and UDP socket that answer synchronously: the library must listen for an answer before it asks. */
import { asyncScheduler, NEVER, Observable, startWith, Subject, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, gatewayPort, type GatewayPayload, type VoiceOptions } from '../../src/index.js';
import type { UdpPort, VoiceSocket } from '../../src/driver/ports.js';
import { VoiceSocketClosedError } from '../../src/errors.js';
import { encodeDiscoveryReply, parseDiscoveryRequest } from '../../src/protocol/discovery.js';
import { encodeJsonFrame, parseJsonFrame, type WireMessage } from '../../src/protocol/frames.js';
import { answerPing } from '../../src/protocol/keepalive.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { field } from '../../src/protocol/payloads.js';
import { testFrames } from '../../src/testing/index.js';
import { IDS, virtualTime } from '../support/virtual-time.js';

const MODE = 'aead_aes256_gcm_rtpsize';

/** `lines` receives each request, with its time. */
function immediateWorld(order: 'state-first' | 'server-first', lines: string[]) {
  const note = (line: string): void => void lines.push(`${asyncScheduler.now()} ${line}`);
  const events$ = new Subject<GatewayPayload>();
  let tokens = 0;
  const gateway = gatewayPort(events$, ({ d: { channel_id } }) => {
    note(`op4 ${channel_id}`);
    const ids = { guild_id: IDS.guildId, user_id: IDS.userId };
    const state = { op: 0, t: 'VOICE_STATE_UPDATE', d: { ...ids, channel_id, session_id: 's' } };
    const server = { op: 0, t: 'VOICE_SERVER_UPDATE', d: { ...ids, token: `t${++tokens}`, endpoint: 'e' } };
    if (channel_id === null) events$.next(state);
    else for (const event of order === 'state-first' ? [state, server] : [server, state]) events$.next(event);
  });
  let lose: (code: number) => void = () => undefined;
  const answers: Readonly<Record<number, (d: unknown) => [number, unknown]>> = {
    [VoiceOp.Identify]: () => [VoiceOp.Ready, { ssrc: 7, ip: '127.0.0.1', port: 1, modes: [MODE] }],
    [VoiceOp.SelectProtocol]: () => [VoiceOp.SessionDescription, { mode: MODE, secret_key: [...new Uint8Array(32)], dave_protocol_version: 0 }],
    [VoiceOp.Heartbeat]: (d) => [VoiceOp.HeartbeatAck, { t: field(d, 't') }],
    [VoiceOp.Resume]: () => [VoiceOp.Resumed, null],
  };
  const socket$ = new Observable<VoiceSocket>((subscriber) => {
    lose = (code) => subscriber.error(new VoiceSocketClosedError(code));
    const frames$ = new Subject<WireMessage>();
    const hello = encodeJsonFrame(VoiceOp.Hello, { heartbeat_interval: 5_000, v: 8 });
    const messages$ = new Observable<WireMessage>((listener) => {
      const open = frames$.subscribe(listener);
      listener.next(hello);
      return open;
    });
    subscriber.next({
      messages$,
      drop: lose,
      send: (message) => {
        const { op, d } = parseJsonFrame(message as string)!;
        note(`> ${op}`);
        const answer = answers[op]?.(d);
        if (answer !== undefined) frames$.next(encodeJsonFrame(...answer));
      },
    });
  });
  const datagrams$ = new Subject<Uint8Array>();
  const send = (datagram: Uint8Array): void => {
    const asked = parseDiscoveryRequest(datagram);
    if (asked !== undefined) datagrams$.next(encodeDiscoveryReply(asked, { address: '203.0.113.9', port: 2 }));
    const pong = answerPing(datagram);
    if (pong !== undefined) datagrams$.next(pong);
  };
  const options: VoiceOptions = { transports: { socket$: () => socket$, udp$: () => NEVER.pipe(startWith<UdpPort>({ datagrams$, send })) }, random: (bytes) => new Uint8Array(bytes).fill(128), dave: false };
  return { gateway, options, lose: (code: number) => lose(code) };
}

describe.each(['state-first', 'server-first'] as const)('a world that answers at once, %s', (order) => {
  it('is joined, heard, lost, resumed, lost for good, joined anew and left', () => {
    const lines: string[] = [];
    const told: string[] = [];
    virtualTime(({ flush }) => {
      const { gateway, options, lose } = immediateWorld(order, lines);
      const joined = connectVoice$(gateway, IDS, options)
        .pipe(
          switchMap((session) => {
            session.state$.subscribe(({ status }) => told.push(`${asyncScheduler.now()} ${status}`));
            session.latency$.subscribe(({ gateway: beat, udp }) => told.push(`${asyncScheduler.now()} ${beat} ${udp}`));
            return session.play(testFrames(2));
          }),
        )
        .subscribe({ error: (error: unknown) => told.push(String(error)) });
      timer(6_000).subscribe(() => lose(1006));
      timer(7_000).subscribe(() => lose(4006));
      timer(9_000).subscribe(() => joined.unsubscribe());
      flush();
    });
    expect(lines.filter((line) => !line.endsWith('> 5'))).toEqual([
      '0 op4 20', '0 > 0', '0 > 1', '5000 > 3', '6000 > 7', '7000 op4 null', '7500 op4 20', '7500 > 0', '7500 > 1', '9000 op4 null',
    ]); // prettier-ignore
    expect(told).toEqual(['0 ready', '5000 0 null', '5000 0 0', '6000 resuming', '6000 ready', '7000 reconnecting', '7500 ready', '9000 ended']);
  });
});
