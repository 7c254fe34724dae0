/** Diagrams of the stages of `rxvoice/driver`. */
import { map, Subject, switchMap, type Observable } from 'rxjs';
import {
  control$, dave$, encryptionMode$, ENCRYPTION_MODES, heartbeat$, hello$, identify$, ipDiscovery$, keepalive$, paced$, receiveOpus, receiveRtcp, resume$, roster$,
  saySpeaking, sendOpus, sendRtcp, sessionDescription$, type Control, type Paced,
} from '../../src/driver.js'; // prettier-ignore
import type { RtcpPacket } from '../../src/protocol/rtcp.js';
import { encodeDiscoveryReply } from '../../src/protocol/discovery.js';
import { encodeJsonFrame, encodeServerBinary, type WireMessage } from '../../src/protocol/frames.js';
import { encodePing } from '../../src/protocol/keepalive.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { writeRtcp } from '../../src/protocol/rtcp-writer.js';
import { testFrame, testFrames } from '../../src/testing/index.js';
import { controlOf } from '../support/control-of.js';
import { FakeProvider, into, SENDER } from '../unit/driver/dave/fake-provider.js';
import { SERVER } from '../unit/driver/fake-socket.js';
import { KEY, packet, RTPSIZE, rtcp } from '../unit/media/receive/receiver-stage.js';
import type { Diagram, Pen } from './recording.js';

const [XCHACHA, AES] = ENCRYPTION_MODES;
const json = encodeJsonFrame;
const pong = (sequence: number): Uint8Array => {
  const datagram = encodePing(sequence);
  datagram.set([0xf0, 0x0d], 2);
  return datagram;
};
const opcode = (message: WireMessage): string => `op ${typeof message === 'string' ? (JSON.parse(message) as { op: number }).op : message[0]}`;

interface Talk {
  readonly marbles: string;
  readonly messages: Readonly<Record<string, WireMessage>>;
  readonly texts: Readonly<Record<string, string>>;
  /** Whether the stage sends messages. Default true. */
  readonly sends?: boolean;
}

/** A stage over the voice gateway: what the server says, what the stage sends, and what the stage emits. */
function overControl<T>(pen: Pen, { marbles, messages, texts, sends = true }: Talk, stage: (control: Control) => Observable<T>, text: (value: T) => string): void {
  const messages$ = pen.source('gateway', marbles, messages, texts);
  const sent$ = new Subject<WireMessage>();
  if (sends) pen.result('sent', sent$, opcode);
  pen.result('result', controlOf(messages$, (control, sent) => {
    sent.push = (message: WireMessage) => (sent$.next(message), 1);
    return stage(control);
  }), text); // prettier-ignore
}

const speaking: Readonly<Record<string, Paced>> = { a: { type: 'frame', frame: testFrame(0), samples: 960, gap: 0 }, I: { type: 'speaking', speaking: 1 }, o: { type: 'speaking', speaking: 0 } };
const key = (): Uint8Array => new Uint8Array(32).fill(9);
const report: RtcpPacket = { type: 'receiver-report', ssrc: 7, reports: [] };

export const STAGES: Readonly<Record<string, Diagram>> = {
  control$: {
    title: 'control$(socket)',
    says: 'The parsed messages of a WebSocket; one that cannot be parsed is logged and not emitted.',
    until: 40,
    draw: (pen) => {
      const messages$ = pen.source('messages$', '5ms a 9ms x 9ms b', { a: json(6, { t: 1 }), b: json(11, { user_ids: [] }), x: 'malformed' }, { a: 'op 6', b: 'op 11', x: '{…' });
      const frames$ = control$({ messages$, send: () => undefined, drop: () => undefined }).pipe(switchMap((control) => control.frames$));
      pen.result('frames$', frames$, ({ op }) => `op ${op}`);
    },
  },
  hello$: {
    title: 'hello$(control)',
    says: 'Emits the first Hello and completes.',
    until: 30,
    draw: (pen) => overControl(pen, { marbles: '5ms x 9ms h', messages: { h: json(8, { heartbeat_interval: 41_250, v: 8 }), x: json(6, { t: 1 }) }, texts: { h: 'Hello', x: 'op 6' }, sends: false }, hello$, ({ heartbeatInterval }) => `${heartbeatInterval} ms`),
  },
  identify$: {
    title: 'identify$(control, server)',
    says: 'Sends Identify; Ready is the answer.',
    until: 30,
    draw: (pen) => overControl(pen, { marbles: '20ms r', messages: { r: json(2, { ssrc: 7, ip: '127.0.0.1', port: 50_000, modes: ['m'] }) }, texts: { r: 'Ready' } }, (control) => identify$(control, SERVER), ({ ssrc }) => `SSRC ${ssrc}`),
  },
  resume$: {
    title: 'resume$(control, server)',
    says: 'Sends Resume; Resumed is the answer.',
    until: 30,
    draw: (pen) => overControl(pen, { marbles: '20ms r', messages: { r: json(9, null) }, texts: { r: 'Resumed' } }, (control) => resume$(control, SERVER), () => 'resumed'),
  },
  sessionDescription$: {
    title: 'sessionDescription$(control, address, mode)',
    says: 'Sends Select Protocol; the answer has the mode, the key and the DAVE version.',
    until: 30,
    draw: (pen) => overControl(pen, { marbles: '20ms d', messages: { d: json(4, { mode: 'm', secret_key: [...key()], dave_protocol_version: 1 }) }, texts: { d: 'op 4' } }, (control) => sessionDescription$(control, { address: '203.0.113.9', port: 40_000 }, AES), ({ daveVersion }) => `key, DAVE ${daveVersion}`),
  },
  heartbeat$: {
    title: 'heartbeat$(control, 5000)',
    says: 'Sends a heartbeat at each interval; emits the round trip at each acknowledgement.',
    until: 11_000,
    draw: (pen) => overControl(pen, { marbles: '5010ms a 4996ms b', messages: { a: json(6, { t: 5_000 }), b: json(6, { t: 10_000 }) }, texts: { a: 'ack', b: 'ack' } }, (control) => heartbeat$(control, 5_000), (ms) => `${ms} ms`),
  },
  ipDiscovery$: {
    title: 'ipDiscovery$(port, ssrc)',
    says: 'A lost request is sent again; the answer is our address as the server sees it.',
    until: 800,
    draw: (pen) => {
      const datagrams$ = pen.source('datagrams$', '520ms a', { a: encodeDiscoveryReply(7, { address: '203.0.113.9', port: 40_000 }) }, { a: 'reply' });
      const sent$ = new Subject<Uint8Array>();
      pen.result('sent', sent$, () => 'request');
      pen.result('result', ipDiscovery$({ datagrams$, send: (datagram) => sent$.next(datagram) }, 7), ({ address }) => address);
    },
  },
  encryptionMode$: {
    title: 'encryptionMode$(offered)',
    says: 'The best mode that both sides support.',
    until: 30,
    draw: (pen) => {
      const offers$ = pen.source('offered', '5ms a 9ms b', { a: [AES], b: [AES, XCHACHA] }, { a: 'aes', b: 'aes xchacha' });
      pen.result('result', offers$.pipe(switchMap((offered) => encryptionMode$(offered))), (mode) => mode.replace(/^aead_|_rtpsize$/g, ''));
    },
  },
  keepalive$: {
    title: 'keepalive$(port, datagrams$)',
    says: 'Sends a ping every five seconds; emits the round trip of each answered ping.',
    until: 11_000,
    draw: (pen) => {
      const datagrams$ = pen.source('datagrams$', '5012ms a 4992ms b', { a: pong(0), b: pong(1) }, { a: 'pong', b: 'pong' });
      const sent$ = new Subject<Uint8Array>();
      pen.result('sent', sent$, () => 'ping');
      pen.result('result', keepalive$({ send: (datagram) => sent$.next(datagram) }, datagrams$), (ms) => `${ms} ms`);
    },
  },
  roster$: {
    title: 'roster$(control, self)',
    says: 'Who is in the call, by opcodes 11, 5 and 13.',
    until: 50,
    draw: (pen) =>
      overControl(pen, { marbles: '10ms j 9ms s 9ms l', messages: { j: json(11, { user_ids: ['1'] }), s: json(5, { user_id: '2', ssrc: 9, speaking: 1 }), l: json(13, { user_id: '1' }) }, texts: { j: '11: 1', s: '5: 2', l: '13: 1' }, sends: false }, (control) =>
        roster$(control, '30').pipe(switchMap(({ members$ }) => members$), map((members) => [...members].join(' ') || 'nobody')), String), // prettier-ignore
  },
  dave$: {
    title: 'dave$(control, ids, roster, provider)',
    says: 'The end-to-end encrypted group: first alone, then with another member, and the Welcome that brings the keys.',
    until: 60,
    draw: (pen) => {
      const ids = { userId: '30', channelId: '20' };
      const messages = { e: encodeServerBinary(VoiceOp.MlsExternalSender, SENDER, 1), j: json(11, { user_ids: ['1'] }), w: encodeServerBinary(VoiceOp.MlsWelcome, Uint8Array.of(0, 0, ...into(1, 30, 1)), 2) };
      overControl(pen, { marbles: '10ms e 9ms j 9ms w', messages, texts: { e: '25', j: '11', w: '30 Welcome' } }, (control) =>
        roster$(control, '30').pipe(
          switchMap((roster) => dave$(control, ids, roster, new FakeProvider())),
          switchMap((dave) => {
            dave.describe(1);
            return dave.state$;
          }),
          map(({ status }) => status),
        ), String); // prettier-ignore
    },
  },
  paced$: {
    title: 'paced$(frames)',
    says: 'Frames at their due times: Speaking is announced before the first, silence follows the last.',
    until: 200,
    draw: (pen) => pen.result('result', paced$(testFrames(2)), (paced) => (paced.type === 'speaking' ? `speaking ${paced.speaking}` : paced.frame.length === 3 ? 's' : String(paced.frame[2]))),
  },
  saySpeaking: {
    title: 'saySpeaking(control, ssrc)',
    says: 'Sends the Speaking messages by opcode 5, and passes the frames on.',
    until: 40,
    draw: (pen) => {
      const paced$ = pen.source('paced$', 'o--I 4ms a 9ms o', speaking, { o: 'not speaking', I: 'speaking', a: 'frame' });
      const sent$ = new Subject<WireMessage>();
      pen.result('sent', sent$, (message) => `op 5: ${(JSON.parse(String(message)) as { d: { speaking: number } }).d.speaking}`);
      pen.result('result', paced$.pipe(saySpeaking({ send: (message) => sent$.next(message) }, 7)), () => 'frame');
    },
  },
  sendOpus: {
    title: 'sendOpus(port, { ssrc, mode, secretKey })',
    says: 'Sends each frame as one encrypted datagram; emits its place in the RTP stream.',
    until: 60,
    draw: (pen) => {
      const frames$ = pen.source('frames$', 'a 19ms b 19ms |', { a: testFrame(0), b: testFrame(1) }, { a: 'frame', b: 'frame' });
      pen.result('result', frames$.pipe(sendOpus({ send: () => undefined }, { ssrc: 7, mode: AES, secretKey: key() }, { random: (bytes) => new Uint8Array(bytes) })), ({ sequence, position }) => `#${sequence} ${position} ms`);
    },
  },
  sendRtcp: {
    title: 'sendRtcp(port, { mode, secretKey })',
    says: 'Encrypts RTCP compounds and sends them.',
    until: 60,
    draw: (pen) => {
      const compounds$ = pen.source('compounds$', '5ms a 19ms a--|', { a: [report] }, { a: 'report' });
      pen.result('result', compounds$.pipe(sendRtcp({ send: () => undefined }, { mode: AES, secretKey: key() })), ({ bytes }) => `${bytes} bytes`);
    },
  },
  receiveOpus: {
    title: 'receiveOpus({ mode, secretKey })',
    says: 'Decrypts audio packets; drops datagrams that are forged or are not audio.',
    until: 60,
    draw: (pen) => {
      const [one, two] = [packet(RTPSIZE, { sequence: 1 }), packet(RTPSIZE, { sequence: 2 })];
      const from = { a: one, b: two, x: two.map((byte, i) => (i === 14 ? byte ^ 1 : byte)), y: Uint8Array.of(1, 2) };
      const datagrams$ = pen.source('datagrams$', 'a 9ms x 9ms y 9ms b 9ms |', from, { a: '1', b: '2', x: 'forged', y: 'no RTP' });
      pen.result('result', datagrams$.pipe(receiveOpus({ mode: RTPSIZE, secretKey: KEY })), ({ sequence }) => String(sequence));
    },
  },
  receiveRtcp: {
    title: 'receiveRtcp({ mode, secretKey })',
    says: 'Emits only the RTCP reports; each report of a compound by itself.',
    until: 50,
    draw: (pen) => {
      const from = { c: rtcp(writeRtcp([report, { type: 'bye', ssrcs: [7], reason: null }])), y: packet(RTPSIZE) };
      const datagrams$ = pen.source('datagrams$', '5ms y 9ms c 9ms |', from, { c: 'report + bye', y: 'audio' });
      pen.result('result', datagrams$.pipe(receiveRtcp({ mode: RTPSIZE, secretKey: KEY })), ({ type }) => type.replace('receiver-', ''));
    },
  },
};
