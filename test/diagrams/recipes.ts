/** Diagrams of the compositions in the pages and recipes of the docs. */
import { asyncScheduler, bufferCount, concat, concatMap, delay, distinctUntilChanged, filter, ignoreElements, map, merge, mergeMap, of, Subject, switchMap, timer, type Observable } from 'rxjs'; // prettier-ignore
import { alignSpeakers, decodeOpus, downsample, gapless, mix, pausable, reorder, talkSpurts } from '../../src/audio/index.js';
import { connectVoice$, recoverBy, useSession, type GatewayPayload, type VoicePacket, type VoiceSession } from '../../src/index.js';
import { frameName, testFrames, VIRTUAL_IDS, virtualSession, virtualVoice } from '../../src/testing/index.js';
import { short } from '../unit/audio/speech-packets.js';
import { packet, toneFrames } from '../unit/audio/voice-packets.js';
import type { Diagram } from './recording.js';

interface Song {
  readonly title: string;
  readonly frames: () => readonly Uint8Array[];
}
// The recipe's own file: it imports only rxjs.
const JUKEBOX = '../../docs/examples/jukebox.mjs';
const { jukebox } = (await import(JUKEBOX)) as { jukebox: (session: VoiceSession, songs$: Observable<Song>, skip$: Observable<unknown>) => Observable<string> };

const OPCODES: Readonly<Record<number, string>> = { 0: 'Identify', 1: 'Select', 5: 'Speaking', 7: 'Resume' };
const numbered = (frame: Uint8Array): string => frameName(frame).replace('frame ', '').replace('silence', 's');
const now = map((of: VoicePacket): VoicePacket => ({ ...of, arrival: asyncScheduler.now() }));
const name = (userId: string | null): string => (userId === '1' ? 'A' : 'B');

export const RECIPES: Readonly<Record<string, Diagram>> = {
  flow: {
    title: 'connectVoice$(…).pipe(useSession((session) => session.play(frames)))',
    says: 'A whole connection: the events of the gateway, the handshake, audio that goes on while the WebSocket is resumed, and a kick that completes everything.',
    until: 400,
    draw: (pen) => {
      const voice = virtualVoice({ scheduler: asyncScheduler });
      const event = ({ t, d }: GatewayPayload): string => (t === 'VOICE_SERVER_UPDATE' ? 'server' : (d as { channel_id: unknown }).channel_id === null ? 'kick' : 'state');
      pen.result('bot gateway', voice.gateway as Observable<GatewayPayload>, event, 'in');
      pen.result('op 4', voice.commands$, () => 'join');
      pen.result('WebSocket', voice.frames$, ({ op, d }) => (op === 5 ? `Speaking ${(d as { speaking: number }).speaking}` : (OPCODES[op] ?? `op ${op}`)));
      const state = pen.lane<string>('state$', String);
      pen.result('datagrams', voice.packets$, ({ payload }) => numbered(payload));
      const session$ = connectVoice$(voice.gateway, VIRTUAL_IDS, voice.options);
      const lane = pen.lane<VoiceSession>('session', () => 'S');
      pen.run(lane(session$).pipe(useSession((session) => merge(state(session.state$.pipe(map(({ status }) => status))), session.play(testFrames(7))))));
      pen.at(105, () => voice.close(1006));
      pen.at(185, () => voice.kick());
    },
  },
  'from-packets': {
    title: 'session.receive().pipe(reorder(), decodeOpus(), alignSpeakers(), mix())',
    says: 'From packets to sound: 3 comes after 4, and 6 is lost and concealed; then all speakers are mixed, on one clock.',
    until: 520,
    draw: (pen) => {
      const frames = toneFrames(9);
      const at = (n: number): VoicePacket => packet(frames[n]!, n);
      const packets$ = pen.source('receive()', '10ms a 19ms b 19ms d 9ms c 29ms e 39ms g 19ms h', { a: at(1), b: at(2), c: at(3), d: at(4), e: at(5), g: at(7), h: at(8) }, { a: '1', b: '2', c: '3', d: '4', e: '5', g: '7', h: '8' });
      const ordered = pen.lane<Parameters<typeof short>[0]>('reorder', short);
      const decoded = pen.lane<{ readonly concealed: boolean; readonly timestamp: number }>('decodeOpus', ({ concealed, timestamp }) => `${concealed ? 'c' : ''}${timestamp / 960}`);
      const events$ = ordered(packets$.pipe(now, reorder()));
      const aligned = pen.lane<{ readonly index: number }>('alignSpeakers', ({ index }) => String(index / 960));
      const blocks$ = (decoded(events$.pipe(decodeOpus())) as ReturnType<ReturnType<typeof decodeOpus>>).pipe(alignSpeakers());
      pen.result('mix', (aligned(blocks$) as typeof blocks$).pipe(mix()), ({ index }) => String(index / 960));
    },
  },
  jukebox: {
    title: 'jukebox(session, songs$, skip$)',
    says: 'A playlist: the next song begins without a gap when the one before has ended, or was skipped.',
    until: 300,
    draw: (pen) => {
      const double = virtualSession();
      const song = (title: string, from: number): Song => ({ title, frames: () => testFrames(3, from) });
      const songs$ = pen.source('songs$', '(abc|)', { a: song('a', 0), b: song('b', 10), c: song('c', 20) });
      const skip$ = pen.hot('skip$', '75ms x');
      pen.result('datagrams', double.frames$, numbered);
      pen.result('result', jukebox(double.session, songs$, skip$), String);
    },
  },
  player: {
    title: 'session.play(pausable(paused$)(gapless(songs, { onTurn, onError })))',
    says: 'Three songs, of which the second is missing, and a pause in the first: silence, and then the next frame.',
    until: 330,
    draw: (pen) => {
      const double = virtualSession();
      const paused$ = pen.source('paused$', '30ms t 149ms f', { t: true, f: false }, { t: 'pause', f: 'go on' });
      const told$ = new Subject<string>();
      const missing = (): never => {
        throw new Error('not there');
      };
      const songs = [testFrames(3), missing, testFrames(2, 10)];
      const list = gapless(songs, { onTurn: (index) => told$.next('abc'[index]!), onError: (_, index) => told$.next(`no ${'abc'[index]!}`) });
      pen.result('told', told$, String);
      pen.result('datagrams', double.frames$, numbered);
      pen.result('result', double.session.play(pausable(paused$)(list)).pipe(filter(({ type }) => type !== 'sent')), ({ type }) => type);
    },
  },
  speech: {
    title: "spurts$.pipe(switchMap(() => session.play(speech$, { whenBehind: 'wait', onEnd })))",
    says: 'Speech comes faster than it plays, and waits; a member who interrupts stops it, and onEnd is told how much of it was heard.',
    until: 400,
    draw: (pen) => {
      const double = virtualSession();
      const spurts$ = pen.source('spurts', 's 89ms t', undefined, { s: 'question', t: 'another' });
      const speech = pen.lane<Uint8Array>('speech$', numbered, 'in');
      const heard$ = new Subject<string>();
      const answer = (from: number, count: number) => speech(of(...testFrames(count, from)).pipe(concatMap((frame) => of(frame).pipe(delay(5)))));
      const say = (frames$: Observable<Uint8Array>) => double.session.play(frames$, { whenBehind: 'wait', onEnd: ({ heard }) => heard$.next(`${heard} ms`) });
      pen.result('datagrams', double.frames$, numbered);
      pen.result('heard', heard$, String);
      pen.run(spurts$.pipe(switchMap((spurt) => say(spurt === 's' ? answer(0, 9) : answer(10, 3)))));
    },
  },
  'barge-in': {
    title: 'talkSpurts({ hangover: 300, minLength: 100 }), switchMap(reply)',
    says: 'When somebody has spoken, the reply begins; a member who speaks for 100 ms meanwhile stops it.',
    until: 1_700,
    draw: (pen) => {
      const double = virtualSession();
      pen.at(10, () => double.speak('1', testFrames(6)));
      pen.at(500, () => double.speak('1', testFrames(6)));
      const spurt = pen.lane<unknown>('spurts', () => 'spurt', 'in');
      const reply = (): Observable<unknown> => double.session.play(testFrames(20));
      const speaking = pen.lane<number>('opcode 5', (flags) => (flags === 0 ? 'silent' : 'speaks'));
      pen.run(speaking(double.speaking$));
      const spurts$ = double.session.receive().pipe(talkSpurts({ hangover: 300, minLength: 100 }));
      const told = pen.lane<string>('reply', String);
      pen.run(told((spurt(spurts$) as typeof spurts$).pipe(switchMap((packets$) => concat(packets$.pipe(ignoreElements()), of('reply'), reply().pipe(ignoreElements()), of('said')) as Observable<string>))));
    },
  },
  'on-air': {
    title: "connectVoice$(…, { recovery: recoverBy({ kicked: { action: 'rejoin' } }) })",
    says: 'One session: a lost WebSocket is resumed without a gap; after a kick the programme waits, and goes on where it was.',
    until: 2_000,
    draw: (pen) => {
      const voice = virtualVoice({ scheduler: asyncScheduler });
      const faults = pen.lane<string>('faults', String, 'in');
      pen.run(faults(merge(timer(90).pipe(map(() => 'socket lost')), timer(150).pipe(map(() => 'kicked')))));
      pen.at(90, () => voice.close(1006));
      pen.at(150, () => voice.kick());
      const health = pen.lane<boolean>('health$', (ready) => (ready ? 'ready' : 'off the air'));
      pen.result('datagrams', voice.packets$, ({ payload }) => numbered(payload));
      const session$ = connectVoice$(voice.gateway, VIRTUAL_IDS, { ...voice.options, recovery: recoverBy({ kicked: { action: 'rejoin' } }) });
      const radio$ = session$.pipe(useSession((session) => merge(health(session.health$.pipe(map(({ ready }) => ready), distinctUntilChanged())).pipe(ignoreElements()), session.play(testFrames(8))))); // prettier-ignore
      pen.run(radio$.pipe(ignoreElements()));
    },
  },
  transcription: {
    title: 'receive().pipe(utterances, mergeMap(transcribe, 2))',
    says: 'Two members speak; each utterance is transcribed as a whole, after half a second of silence has ended it.',
    until: 1_600,
    draw: (pen) => {
      const frames = toneFrames(4);
      const of$ = (userId: string, ssrc: number) => (n: number): VoicePacket => packet(frames[n]!, n, { userId, ssrc }); // prettier-ignore
      const [alice, bob] = [of$('1', 1), of$('2', 2)];
      const packets$ = pen.source('receive()', '10ms a 19ms b 9ms x 9ms c 9ms y', { a: alice(0), b: alice(1), c: alice(2), x: bob(0), y: bob(1) }, { a: 'A', b: 'A', c: 'A', x: 'B', y: 'B' });
      const spurt = pen.lane<{ readonly userId: string | null }>('spurts', ({ userId }) => name(userId));
      const spurts$ = packets$.pipe(now, talkSpurts({ hangover: 500 }));
      const whole$ = (spurt(spurts$) as typeof spurts$).pipe(mergeMap((said$) => said$.pipe(reorder(), decodeOpus(), downsample({ rate: 16_000 }), bufferCount(1_500), map((all) => `${name(said$.userId)}: ${all.length} frames`)))); // prettier-ignore
      const utterances = pen.lane<string>('utterances', String);
      const transcribe = (utterance: string): Observable<string> => of(`${utterance.slice(0, 1)}: “…”`).pipe(delay(400));
      pen.result('transcripts', utterances(whole$).pipe(mergeMap(transcribe, 2)), String);
    },
  },
};
