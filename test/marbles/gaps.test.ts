/** The effect of a gap on a play: every kind of gap, held and skipped, frame by frame. */
import { asyncScheduler, BehaviorSubject, mergeMap, timer } from 'rxjs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connectVoice$, recoverBy, type PlayEvent, type VoiceOptions } from '../../src/index.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { testFrames, voiceState, type VirtualVoice } from '../../src/testing/index.js';
import { virtualTime, IDS, world } from '../support/virtual-time.js';
import { WallClock } from '../support/wall-clock.js';
import { FakeProvider, into, SENDER } from '../unit/driver/dave/fake-provider.js';

type Policy = 'hold' | 'skip';

/** What a row may do to its world. */
interface Stage {
  readonly voice: VirtualVoice;
  readonly channelId: BehaviorSubject<string>;
  readonly clock: WallClock;
  /** Does something `ms` after the fault. */
  after(ms: number, act: () => void): void;
}

interface Row {
  readonly name: string;
  /** Called when the fault is due. */
  readonly act: (stage: Stage) => void;
  /** When audio stops and when it can flow again, in ms after the fault. Absent: it never stops. */
  readonly gap?: readonly [from: number, to: number];
  /** ms by which the wall clock, and so the RTP clock, jumps forward. */
  readonly leap?: number;
  /** ms by which everything after the fault is late. */
  readonly late?: number;
  /** Whether the same SSRC continues after the gap. */
  readonly sameSsrc?: boolean;
  readonly options?: VoiceOptions;
  readonly encrypted?: boolean;
}

const welcome = (voice: VirtualVoice, transition: number, epoch: number): void =>
  voice.sayBinary(VoiceOp.MlsWelcome, Uint8Array.of(0, transition, ...into(epoch, 30, 40)), 1);

const kick = (voice: VirtualVoice): void => {
  voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', null));
  voice.close(4014);
};

// An answer takes 10 ms. A new connection needs four answers: socket, Ready, discovery, description.
const ROWS: readonly Row[] = [
  { name: 'a resume', act: ({ voice }) => voice.close(1006) },
  {
    name: 'a refused resume',
    act: ({ voice }) => {
      voice.refuseResume();
      voice.close(1006);
    },
    // Refused after 20; the second fault in a row waits 500 before the rejoin; two events, four stages.
    gap: [20, 20 + 500 + 20 + 40],
  },
  // A token is valid for one Identify, so op 4 must fetch a new one: 250 of backoff, two events, four stages.
  { name: 'a lost UDP socket', act: ({ voice }) => voice.loseUdp(new Error('ENETDOWN')), gap: [0, 250 + 20 + 40] },
  {
    name: 'a UDP socket that is lost while a resume waits its turn',
    act: ({ voice, after }) => {
      voice.close(1006);
      // The second WebSocket is lost too, so the third has to wait for 250.
      after(15, () => voice.close(1006));
      after(70, () => voice.loseUdp(new Error('ENETDOWN')));
    },
    // Nothing is sent into the lost socket until the resume is due, and there is no resume onto a dead socket.
    gap: [70, 70 + 500 + 20 + 40],
  },
  // A server named without a voice state may be half of a move: for 100 ms the driver waits for the other half, and the old server hears us.
  { name: 'a new token', act: ({ voice }) => voice.nameServer('voice.test:443'), gap: [100, 140] },
  { name: 'another region', act: ({ voice }) => voice.nameServer('elsewhere.test:443'), gap: [100, 140] },
  // Both events take 20 ms; until then the old server hears us.
  { name: 'a move by us', act: ({ channelId }) => channelId.next('21'), gap: [20, 60] },
  {
    name: 'a move by a moderator',
    act: ({ voice, after }) => {
      voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21'));
      after(25, () => voice.nameServer('voice.test:443'));
    },
    gap: [25, 65],
  },
  {
    name: 'a move by a moderator, the server first',
    act: ({ voice, after }) => {
      voice.nameServer('voice.test:443');
      after(25, () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', '21')));
    },
    gap: [25, 65],
  },
  {
    name: 'a null endpoint',
    act: ({ voice, after }) => {
      voice.nameServer(null);
      after(300, () => voice.nameServer('elsewhere.test:443'));
    },
    gap: [0, 340],
  },
  { name: "a new session of the bot's gateway", act: ({ voice }) => voice.reidentify('session-2'), gap: [20, 60] },
  {
    name: 'a kick that is answered by a new join',
    act: ({ voice }) => kick(voice),
    options: { recovery: recoverBy({ kicked: { action: 'rejoin' } }) },
    // The close code counts as a fault, so the kick is the second in a row.
    gap: [0, 500 + 20 + 40],
  },
  {
    name: 'an end-to-end encrypted group that is made anew',
    act: ({ voice, after }) => {
      voice.sayBinary(VoiceOp.MlsAnnounceCommit, Uint8Array.of(0, 7, 9), 2);
      after(90, () => welcome(voice, 8, 3));
    },
    gap: [0, 90],
    sameSsrc: true,
    encrypted: true,
  },
  { name: 'a wall clock that is set forward', act: ({ clock }) => clock.step(5_000), leap: 5_000 },
  { name: 'a wall clock that is set back', act: ({ clock }) => clock.step(-5_000) },
  { name: 'a wall clock that is set back by less than it takes to tell', act: ({ clock }) => clock.step(-60), late: 60 },
];

interface Packet {
  readonly at: number;
  readonly ssrc: number;
  readonly sequence: number;
  readonly timestamp: number;
  /** Never set: see writeRtpHeader. */
  readonly marker: boolean;
  /** The number of the frame; null for silence. */
  readonly frame: number | null;
}

interface Heard {
  readonly packets: readonly Packet[];
  /** `60 started`, `130 suspended`; of `sent` events only the positions, in `positions`. */
  readonly events: readonly string[];
  /** ms of audio before each frame that was sent. */
  readonly positions: readonly number[];
}

interface Circumstances {
  /** When the fault occurs, in ms after the first frame. */
  readonly fault?: number;
  readonly roundTrip?: number;
  /** Duration of a frame in ms. */
  readonly duration?: 20 | 40 | 60 | 120;
}

const FRAMES = 60;
const ROUND_TRIP = 10;
const FAULT = 73;

/** TOC bytes of Opus packets of that duration: RFC 6716 table 2. All but the first are SILK; that of 120 ms has two frames in it. */
const TOC = { 20: 0xfc, 40: 0x10, 60: 0x18, 120: 0x19 } as const;
const packetOf = (frame: Uint8Array, duration: 20 | 40 | 60 | 120): Uint8Array => Uint8Array.of(TOC[duration], ...frame.subarray(1), 0x5a);

/** When the first frame is sent: two events, four stages, and the Welcome if the call is encrypted. */
const joinedAt = (row: Row, roundTrip = ROUND_TRIP): number => (row.encrypted === true ? 8 : 6) * roundTrip;

/** Plays `FRAMES` frames through the fault of a row. */
function hear(row: Row, whenSuspended: Policy, { fault = FAULT, roundTrip = ROUND_TRIP, duration = 20 }: Circumstances = {}): Heard {
  const packets: Packet[] = [];
  const events: string[] = [];
  const positions: number[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world({ roundTrip, daveVersion: row.encrypted === true ? 1 : 0 });
    const clock = new WallClock();
    const channelId = new BehaviorSubject('20');
    const after = (ms: number, act: () => void): void => void timer(ms).subscribe(act);
    voice.packets$.subscribe(({ payload, ...rtp }) => {
      // The fake cipher of epoch n xors with n, and writes n near the end of the frame.
      const epoch = row.encrypted === true ? payload.at(-5)! : 0;
      packets.push({ at: asyncScheduler.now(), ...rtp, frame: payload.length === 3 ? null : payload[2]! ^ epoch });
    });
    const tell = (event: PlayEvent): void => {
      if (event.type === 'sent') positions.push(event.position);
      else events.push(`${asyncScheduler.now()} ${event.type}`);
    };
    const frames = testFrames(FRAMES).map((frame) => packetOf(frame, duration));
    const subscription = connectVoice$(voice.gateway, { ...IDS, channelId }, { ...options, scheduler: clock, dave: new FakeProvider(), ...row.options })
      .pipe(mergeMap((session) => session.play(frames, { whenSuspended })))
      .subscribe({ next: tell, error: (error: unknown) => events.push(String(error)) });
    if (row.encrypted === true) {
      after(4.5 * roundTrip, () => voice.say(VoiceOp.ClientsConnect, { user_ids: ['40'] }));
      after(6.5 * roundTrip, () => voice.sayBinary(VoiceOp.MlsExternalSender, SENDER, 0));
      after(8 * roundTrip, () => welcome(voice, 0, 1));
    }
    after(joinedAt(row, roundTrip) + fault, () => row.act({ voice, channelId, clock, after }));
    after(joinedAt(row, roundTrip) + FRAMES * duration + 3_000, () => subscription.unsubscribe());
    flush();
  });
  return { packets, events, positions };
}

/** What must be heard, from the row alone: frames due in the gap are either held until it ends, which delays all later ones, or lost. */
function expected(row: Row, whenSuspended: Policy): Heard {
  const joined = joinedAt(row);
  const fault = joined + FAULT;
  const { leap = 0, late = 0 } = row;
  const [from, to] = row.gap === undefined ? [Infinity, Infinity] : [fault + row.gap[0], fault + row.gap[1]];
  const packets: Packet[] = [];
  const positions: number[] = [];
  const begun = new Map<number, { readonly at: number; sequence: number }>();
  let shift = 0;
  for (let n = 0; n < FRAMES + 5; n++) {
    let at = joined + n * 20 + shift;
    if (at >= from && at < to) {
      if (whenSuspended === 'skip') continue;
      shift += to - at;
      at = to;
    }
    if (at > fault && at - shift <= fault + 20) {
      shift += late;
      at += late;
    }
    const ssrc = at >= to && row.sameSsrc !== true ? 1002 : 1001;
    let stream = begun.get(ssrc);
    if (stream === undefined) begun.set(ssrc, (stream = { at, sequence: 0 }));
    const afterLeap = leap > 0 && at > fault;
    packets.push({
      at,
      ssrc,
      sequence: stream.sequence++,
      timestamp: (at - stream.at - (at > fault ? late : 0) + (afterLeap ? leap : 0)) * 48,
      marker: false,
      frame: n < FRAMES ? n : null,
    });
    if (n < FRAMES) positions.push(n * 20);
  }
  const gap = row.gap === undefined ? [] : [`${from} suspended`, `${to} resumed`];
  return { packets, positions, events: [`${joined} started`, ...gap, `${joined + FRAMES * 20 + shift} finished`] };
}

describe.each(ROWS)('$name', (row) => {
  it('held: the next frame is the next', () => {
    const heard = hear(row, 'hold');
    expect(heard).toEqual(expected(row, 'hold'));
    expect(heard.positions).toEqual(Array.from({ length: FRAMES }, (_, i) => i * 20));
  });

  it('skipped: the next frame is the one that would be playing', () => {
    const heard = hear(row, 'skip');
    expect(heard).toEqual(expected(row, 'skip'));
    const [from, to] = row.gap ?? [0, 0];
    expect(Math.abs(FRAMES - heard.positions.length - (to - from) / 20)).toBeLessThanOrEqual(1);
  });
});

it('a wall clock that is set forward by a little is caught up with, a frame each half duration', () => {
  const { packets, events } = hear({ name: '', act: ({ clock }) => clock.step(60) }, 'hold');
  expect(packets.slice(2, 13).map(({ at }) => at)).toEqual([100, 120, 140, 150, 160, 170, 180, 190, 200, 220, 240]);
  // For a listener they are still 20 ms apart: there is jitter, but no gap.
  expect(packets.map(({ timestamp }) => timestamp)).toEqual(packets.map((_, i) => i * 960));
  expect(events).toEqual(['60 started', '1200 finished']);
});

describe('whenever it comes, whatever the distance and the length of frames', () => {
  const circumstances = fc.record({
    row: fc.constantFrom(...ROWS),
    fault: fc.integer({ min: 1, max: 250 }),
    roundTrip: fc.integer({ min: 1, max: 40 }).map((half) => 2 * half),
    duration: fc.constantFrom(20 as const, 40 as const, 60 as const, 120 as const),
  });
  const sent = ({ packets }: Heard): Packet[] => packets.filter(({ frame }) => frame !== null);
  const marked = ({ packets }: Heard): Packet[] => packets.filter(({ marker }) => marker);
  const closest = ({ packets }: Heard): number => Math.min(...packets.slice(1).map(({ at }, i) => at - packets[i]!.at));

  it('held: every frame once and in order, and no burst', () => {
    fc.assert(
      fc.property(circumstances, ({ row, ...given }) => {
        const heard = hear(row, 'hold', given);
        expect(sent(heard).map(({ frame }) => frame)).toEqual(Array.from({ length: FRAMES }, (_, i) => i));
        expect(marked(heard)).toEqual([]);
        // A silence frame lasts 20 ms, whatever the duration of the frames.
        expect(closest(heard)).toBeGreaterThanOrEqual(10);
        expect(Math.min(...sent(heard).slice(1).map(({ at }, i) => at - sent(heard)[i]!.at))).toBeGreaterThanOrEqual(given.duration / 2);
      }),
      { numRuns: 60 },
    );
  });

  it('skipped: every frame that is heard is heard when it would have been without the gap', () => {
    fc.assert(
      fc.property(circumstances, ({ row, ...given }) => {
        const heard = hear(row, 'skip', given);
        const joined = joinedAt(row, given.roundTrip);
        const lateBy = sent(heard).map(({ at, frame }) => at - joined - frame! * given.duration);
        expect(lateBy.filter((ms) => ms !== 0 && ms !== row.late)).toEqual([]);
        expect(marked(heard)).toEqual([]);
        expect(closest(heard)).toBeGreaterThanOrEqual(10);
      }),
      { numRuns: 60 },
    );
  });
});
