/** Diagrams of whole sessions: what the caller subscribes to, what Discord is sent, and what is heard. */
import { asyncScheduler, concatMap, filter, map, retry, switchMap, tap, type Observable } from 'rxjs';
import { driveVoice$, signalling$, type VoiceSignal } from '../../src/driver.js';
import { testFrames, VIRTUAL_IDS, virtualSession, virtualVoice, voiceState, type VirtualVoice } from '../../src/testing/index.js';
import { connectVoice$, gatewayPort, useSession, voiceRetry, type GatewayPayload, type PlayEvent, type VoiceSession } from '../../src/index.js';
import { SERVER } from '../unit/driver/fake-socket.js';
import type { Diagram, Pen } from './recording.js';

const world = (options: Partial<Parameters<typeof virtualVoice>[0]> = {}): VirtualVoice => virtualVoice({ scheduler: asyncScheduler, ...options });
const joined = (voice: VirtualVoice): Observable<VoiceSession> => connectVoice$(voice.gateway, VIRTUAL_IDS, voice.options);
const { guildId, channelId } = VIRTUAL_IDS;

function op4(pen: Pen, voice: VirtualVoice): void {
  pen.result('op 4', voice.commands$, ({ d }) => (d.channel_id === null ? 'leave' : 'join'));
}

/** The bot gateway's events, and op 4, as lanes. */
function gateway(pen: Pen, voice: VirtualVoice): void {
  const text = ({ t, d }: GatewayPayload): string => (t === 'VOICE_SERVER_UPDATE' ? 'server' : (d as { channel_id: unknown }).channel_id === null ? 'no channel' : 'state');
  pen.result('gateway$', voice.gateway as Observable<GatewayPayload>, text, 'in');
  op4(pen, voice);
}

export const SESSION: Readonly<Record<string, Diagram>> = {
  connectVoice$: {
    title: 'connectVoice$(gateway$, ids)',
    says: 'Subscribing joins by op 4; the two events of the gateway and the handshake make one session; a kick completes it.',
    until: 400,
    draw: (pen) => {
      const voice = world();
      gateway(pen, voice);
      pen.result('result', joined(voice), () => 'session');
      pen.at(200, () => voice.kick());
    },
  },
  useSession: {
    title: 'connectVoice$(…).pipe(useSession((session) => session.play(frames)))',
    says: 'The result is the stream that is made of the session; when it completes, the bot leaves the channel.',
    until: 200,
    draw: (pen) => {
      const voice = world();
      const session = pen.lane<VoiceSession>('session$', () => 'S', 'in');
      const played = pen.lane<PlayEvent>('project', ({ type }) => type, 'in');
      op4(pen, voice);
      pen.result('result', session(joined(voice)).pipe(useSession((it) => played(it.play(testFrames(2))))), ({ type }) => type);
    },
  },
  voiceRetry: {
    title: 'connectVoice$(…).pipe(retry(voiceRetry()))',
    says: 'A failed attempt is repeated, after one second and then after two; here the third succeeds.',
    until: 5_000,
    draw: (pen) => {
      const voice = world({ silent: ['ready'] });
      let attempts = 0;
      op4(pen, voice);
      const session$ = connectVoice$(voice.gateway, VIRTUAL_IDS, { ...voice.options, timeouts: { ready: 500 }, recovery: () => ({ action: 'fail' }) });
      const attempt = pen.lane<VoiceSession>('attempts', () => 'session', 'in');
      pen.result('result', attempt(session$).pipe(tap({ error: () => (attempts += 1) === 2 && voice.silence() }), retry(voiceRetry({ delay: 1_000 }))), () => 'session');
    },
  },
  play: {
    title: 'session.play(frames)',
    says: 'Frames are sent 20 ms apart; after the last one come five frames of silence, and then Speaking 0.',
    until: 200,
    draw: (pen) => {
      const double = virtualSession();
      pen.result('result', double.session.play(testFrames(3)), ({ type }) => type);
      pen.result('datagrams', double.frames$, (frame) => (frame.length === 3 ? 's' : `${frame[2]}`));
      pen.result('opcode 5', double.speaking$, (flags) => `speaking ${flags}`);
    },
  },
  'play-held': {
    title: 'session.play(frames), while the connection is remade',
    says: 'A play is held while there is no connection, and goes on with the next frame, not from the start.',
    until: 260,
    draw: (pen) => {
      const double = virtualSession();
      pen.result('state$', double.session.state$, ({ status }) => status, 'in');
      pen.result('result', double.session.play(testFrames(4)), ({ type }) => type);
      pen.result('datagrams', double.frames$, (frame) => (frame.length === 3 ? 's' : `${frame[2]}`));
      pen.at(30, () => double.become('reconnecting'));
      pen.at(110, () => double.become('ready'));
    },
  },
  'play-concat': {
    title: 'songs$.pipe(concatMap((song) => session.play(song)))',
    says: 'One song after the other, without silence between them.',
    until: 200,
    draw: (pen) => songs(pen, concatMap),
  },
  'play-switch': {
    title: 'songs$.pipe(switchMap((song) => session.play(song)))',
    says: 'The newest song replaces the one that plays, without breaking the rhythm of 20 ms.',
    until: 200,
    draw: (pen) => songs(pen, switchMap),
  },
  receive: {
    title: 'session.receive()',
    says: 'Two members speak; each packet says who sent it.',
    until: 160,
    draw: (pen) => {
      const double = virtualSession();
      const name = (userId: string | null): string => (userId === '1' ? 'A' : 'B');
      pen.at(10, () => double.speak('1', testFrames(2)));
      pen.at(40, () => double.speak('2', testFrames(1)));
      pen.result('speaking$', double.session.speaking$, ({ userId, speaking }) => `${name(userId)} ${speaking === 0 ? 'ends' : 'begins'}`);
      pen.result('result', double.session.receive(), ({ userId, frame }) => `${name(userId)}${frame.length === 3 ? ' s' : ''}`);
    },
  },
  driveVoice$: {
    title: 'driveVoice$(server$)',
    says: 'One session over two voice servers; the reported end completes it.',
    until: 500,
    draw: (pen) => {
      const signals: Readonly<Record<string, VoiceSignal>> = { a: SERVER, b: { ...SERVER, token: 'another-token' }, e: { ended: 'left' } };
      const server$ = pen.source('server$', 'a 199ms b 199ms e', signals, { a: 'server', b: 'another', e: 'ended' });
      const states = pen.lane<string>('state$', String);
      const session$ = driveVoice$(server$, world().options).pipe(tap(({ state$ }) => states(state$.pipe(map(({ status }) => status))).subscribe()));
      pen.result('result', session$, () => 'session');
    },
  },
  signalling$: {
    title: 'signalling$(gateway$, ids)',
    says: 'Two events make a voice server; after a new token, 100 ms are left for the voice state of a move; a kick is the end.',
    until: 500,
    draw: (pen) => {
      const event = (t: string, d: object): GatewayPayload => ({ op: 0, t, d });
      const server = (token: string): GatewayPayload => event('VOICE_SERVER_UPDATE', { guild_id: guildId, token, endpoint: 'a.test:443' });
      const from = { s: event('VOICE_STATE_UPDATE', voiceState(guildId, channelId)), v: server('1'), w: server('2'), k: event('VOICE_STATE_UPDATE', voiceState(guildId, null)) };
      const events$ = pen.source('gateway$', '10ms s 29ms v 99ms w 199ms k', from, { s: 'state', v: 'server', w: 'server', k: 'no channel' });
      pen.result('result', signalling$(gatewayPort(events$, () => undefined), VIRTUAL_IDS), (signal) => ('ended' in signal ? signal.ended : 'token' in signal ? `token ${signal.token}` : 'other'));
    },
  },
};

function songs(pen: Pen, policy: typeof concatMap | typeof switchMap): void {
  const double = virtualSession();
  const songs$ = pen.source('songs$', 'a 29ms b', { a: testFrames(3), b: testFrames(2, 100) }, { a: '0 1 2', b: '100 101' });
  const play = (frames: readonly Uint8Array[]) => double.session.play(frames);
  pen.result('result', songs$.pipe(policy(play), filter(({ type }) => type !== 'sent')), ({ type }) => type); // prettier-ignore
  pen.result('datagrams', double.frames$, (frame) => (frame.length === 3 ? 's' : `${frame[2]}`));
}
