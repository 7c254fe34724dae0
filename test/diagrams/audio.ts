/** Diagrams of the operators of `rxvoice/audio`. */
import { asyncScheduler, map, tap, type Observable } from 'rxjs';
import { alignSpeakers, decodeOpus, downsample, mix, recordTo, reorder, talkSpurts, type AlignedAudio, type JitterEvent, type MixedPcm, type PcmFrame } from '../../src/audio/index.js';
import type { VoicePacket } from '../../src/types.js';
import { short, speech } from '../unit/audio/speech-packets.js';
import { lost, packet as opus, pcmFrame, toneFrames } from '../unit/audio/voice-packets.js';
import type { Diagram } from './recording.js';

const pcmOf = (value: number): Int16Array => new Int16Array(1_920).fill(value);
const loudest = (pcm: Int16Array): number => pcm.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
/** A frame that arrives now, from the speaker named by the letter. */
const arriving = map((userId: string): PcmFrame => pcmFrame(pcmOf(1_000), asyncScheduler.now(), { userId, ssrc: userId.charCodeAt(0) }));
const now = map((packet: VoicePacket): VoicePacket => ({ ...packet, arrival: asyncScheduler.now() }));
const packets = { a: speech(1), b: speech(2), c: speech(3), d: speech(64) };
const block = (speakers: Readonly<Record<string, number>>): AlignedAudio => ({ at: 0, index: 0, samples: 960, late: 0, speakers: new Map(Object.entries(speakers).map(([id, value]) => [id, pcmOf(value)])) });

export const AUDIO: Readonly<Record<string, Diagram>> = {
  reorder: {
    title: 'reorder()',
    says: 'Packets in the order of their numbers; a packet that does not come in time is reported as lost.',
    until: 400,
    draw: (pen) => {
      const packets$ = pen.source('packets$', '10ms a 19ms b 19ms d 9ms c 29ms e 19ms g', { a: speech(1), b: speech(2), c: speech(3), d: speech(4), e: speech(5), g: speech(7) }, { a: '1', b: '2', c: '3', d: '4', e: '5', g: '7' });
      pen.result('result', packets$.pipe(now, reorder()), (event: JitterEvent) => short(event));
    },
  },
  talkSpurts: {
    title: 'talkSpurts()',
    says: 'One inner stream for each stretch of speech; it ends some time after the last voice packet.',
    until: 1_200,
    draw: (pen) => {
      const bob = { userId: '8', ssrc: 8 };
      const from = { a: speech(1), b: speech(2), c: speech(3), x: speech(1, bob), y: speech(2, bob), d: speech(33), e: speech(34) };
      const texts = { a: 'A', b: 'A', c: 'A', x: 'B', y: 'B', d: 'A', e: 'A' };
      const packets$ = pen.source('packets$', '20ms a 19ms b 9ms x 9ms c 9ms y 579ms d 19ms e', from, texts);
      const spurts = pen.lane<unknown>('result', () => 'spurt');
      const inner = ['first', 'second', 'third'].map((lane) => pen.lane<VoicePacket>(lane, ({ userId }) => (userId === '7' ? 'A' : 'B')));
      const spurts$ = packets$.pipe(now, talkSpurts(), tap((spurt$) => void inner.shift()?.(spurt$ as Observable<VoicePacket>).subscribe())); // prettier-ignore
      pen.run(spurts(spurts$));
    },
  },
  decodeOpus: {
    title: 'decodeOpus()',
    says: 'PCM for each packet; a lost packet is concealed.',
    until: 90,
    draw: (pen) => {
      const [one, two] = toneFrames(2) as [Uint8Array, Uint8Array];
      const from: Readonly<Record<string, JitterEvent>> = { a: { type: 'frame', packet: opus(one, 0) }, x: lost(1), b: { type: 'frame', packet: opus(two, 2) } };
      const events$ = pen.source('events$', 'a 19ms x 19ms b 19ms |', from, { a: 'frame', x: 'lost', b: 'frame' });
      pen.result('result', events$.pipe(decodeOpus()), ({ pcm, concealed }) => (concealed ? 'concealed' : `${pcm.length / 2} samples`));
    },
  },
  alignSpeakers: {
    title: 'alignSpeakers({ block: 20, delay: 40 })',
    says: 'All speakers on one clock: one block for each 20 ms, with those who spoke in it.',
    until: 150,
    draw: (pen) => {
      const frames$ = pen.source<string>('frames$', 'A 19ms A 4ms B 14ms A 4ms B 70ms |');
      const who = ({ speakers }: AlignedAudio): string => [...speakers].filter(([, pcm]) => loudest(pcm) > 0).map(([id]) => id).join(' ') || '-'; // prettier-ignore
      pen.result('result', frames$.pipe(arriving, alignSpeakers({ block: 20, delay: 40 })), who);
    },
  },
  mix: {
    title: 'mix()',
    says: 'The sum of all speakers of a block.',
    until: 80,
    draw: (pen) => {
      const blocks$ = pen.source('blocks$', 'a 19ms b 19ms c 19ms |', { a: block({ A: 1_000 }), b: block({ A: 1_000, B: 500 }), c: block({}) }, { a: 'A 1000', b: 'A 1000, B 500', c: 'nobody' });
      pen.result('result', blocks$.pipe(mix()), ({ pcm }: MixedPcm) => String(loudest(pcm)));
    },
  },
  downsample: {
    title: 'downsample({ rate: 16000 })',
    says: '48 kHz stereo comes out as mono at 16 kHz.',
    until: 60,
    draw: (pen) => {
      const frames$ = pen.source('frames$', 'a 19ms b 19ms |', { a: pcmFrame(pcmOf(1), 0), b: pcmFrame(pcmOf(1), 20) }, { a: '1920', b: '1920' });
      pen.result('result', frames$.pipe(downsample({ rate: 16_000 })), ({ pcm }) => String(pcm.length));
    },
  },
  recordTo: {
    title: 'recordTo(directory)',
    says: 'One file for each speaker, opened with the first packet and complete at the end.',
    until: 3_000,
    draw: (pen) => {
      const sink = { write: () => undefined, close: () => undefined };
      const packets$ = pen.source('packets$', '10ms a 19ms b 19ms c 1200ms d 299ms |', packets, { a: 'A', b: 'A', c: 'A', d: 'A' });
      pen.result('result', packets$.pipe(now, recordTo(() => sink)), ({ type }) => type);
    },
  },
};
