/** Hazards of the media path that other libraries have: peers.md 1.8, numbers 6, 7, 11, 12, 13 and 14. */
import { asyncScheduler, mergeMap, switchMap, tap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { talkSpurts } from '../../src/audio/index.js';
import { createSeal, type Seal } from '../../src/crypto/seal.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { SILENCE_FRAME } from '../../src/protocol/silence.js';
import { isRtcp, writeRtpHeader } from '../../src/protocol/rtp.js';
import type { OpusFrame, VoicePacket } from '../../src/index.js';
import { testFrame, testFrames } from '../../src/testing/index.js';
import { stallingScheduler } from '../support/stalling-scheduler.js';
import { after, KEY, nameServer, onStage, packetsOf, saidOf, without, type Packet, type StageOptions, type Wire } from './stage.js';

const SPEAKER = { userId: '40', ssrc: 4_001 };
const MODE = 'aead_aes256_gcm_rtpsize';
const serverSeal = (): Seal => createSeal(MODE, KEY, { counter: 0, random: (bytes) => new Uint8Array(bytes) });

interface Shape {
  readonly padding?: number;
  readonly csrcs?: number;
  readonly timestamp?: number;
}

/** A packet as the voice server forwards it: `padding` bytes follow the frame. The last of them is their count, and is encrypted. */
function forwarded(seal: Seal, sequence: number, frame: Uint8Array, { padding = 0, csrcs = 0, timestamp = sequence * 960 }: Shape = {}): Uint8Array {
  const header = new Uint8Array(12 + 4 * csrcs);
  writeRtpHeader(header, sequence, timestamp, SPEAKER.ssrc);
  header[0] = header[0]! | (padding > 0 ? 0x20 : 0) | csrcs;
  const body = new Uint8Array(frame.length + padding);
  body.set(frame);
  if (padding > 0) body[body.length - 1] = padding;
  return seal.seal(header, body);
}

/** Listens to the speaker, which the server has announced, while `act` hands datagrams to the client. */
function listen(act: (wire: Wire, seal: Seal) => void, until = 2_000): { packets: VoicePacket[]; ended: boolean; wire: Wire } {
  const packets: VoicePacket[] = [];
  let ended = false;
  const wire = onStage({ until, then: (session$) => session$.pipe(switchMap((session) => session.receive(SPEAKER.userId))) }, (stage) => {
    after(70, () => {
      stage.voice.say(VoiceOp.Speaking, { user_id: SPEAKER.userId, ssrc: SPEAKER.ssrc, speaking: 1 });
      stage.session!.receive(SPEAKER.userId).subscribe({ next: (packet) => packets.push(packet), complete: () => (ended = asyncScheduler.now() < until) });
    });
    act(stage, serverSeal());
  });
  return { packets, ended, wire };
}

const bytes = (packets: readonly { readonly frame: OpusFrame }[]): number[][] => packets.map(({ frame }) => [...frame]);

describe('hazard 6, disgo: the padding bit is looked for at 0x04, and padding stripped before decryption', () => {
  it('padding (0x20) is taken off what was decrypted, whatever its length, and none is taken for a CSRC count of 4', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 60 }), fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 4), (frame, padding, csrcs) => {
        const { packets } = listen(({ deliver }, seal) => after(100, () => deliver(forwarded(seal, 1, frame, { padding, csrcs }))), 200);
        expect(bytes(packets)).toEqual([[...frame]]);
      }),
      { numRuns: 60 },
    );
  });

  it('a packet of padding only, or with a count that lies, gives no frame and harms no other', () => {
    const { packets } = listen(({ deliver }, seal) => {
      after(100, () => deliver(forwarded(seal, 1, testFrame(1))));
      after(110, () => deliver(forwarded(seal, 2, new Uint8Array(0), { padding: 200 })));
      after(120, () => deliver(seal.seal(lying(3), Uint8Array.of(0xfc, 1, 2, 99))));
      after(125, () => deliver(seal.seal(lying(4), Uint8Array.of(0xfc, 1, 2, 0))));
      after(130, () => deliver(forwarded(seal, 5, testFrame(5), { padding: 7 })));
    });
    expect(packets.map(({ sequence }) => sequence)).toEqual([1, 5]);
    expect(bytes(packets)).toEqual([[...testFrame(1)], [...testFrame(5)]]);
  });

  function lying(sequence: number): Uint8Array {
    const header = new Uint8Array(12);
    writeRtpHeader(header, sequence, sequence * 960, SPEAKER.ssrc);
    header[0] = header[0]! | 0x20;
    return header;
  }
});

describe('hazard 7, discord.py: five silence frames in one burst', () => {
  it('each is 20 ms after the one before, and the first 20 ms after the last frame', () => {
    const wire = onStage({ until: 2_000, then: (session$) => session$.pipe(switchMap((session) => session.play(testFrames(3)))) });
    expect(packetsOf(wire).map(({ at, silence }) => `${at} ${silence ? 'silence' : 'frame'}`)).toEqual([
      '60 frame', '80 frame', '100 frame', '120 silence', '140 silence', '160 silence', '180 silence', '200 silence',
    ]); // prettier-ignore
  });
});

describe('hazard 11, @performanc/voice: when the last user leaves, it begins to send silence, with speaking 1', () => {
  it('opcode 13 of the last user starts nothing: no Speaking, no audio', () => {
    const wire = onStage({ until: 120_000 }, ({ voice }) => {
      after(100, () => voice.say(VoiceOp.ClientsConnect, { user_ids: ['40', '41'] }));
      after(1_000, () => voice.say(VoiceOp.ClientDisconnect, { user_id: '41' }));
      after(2_000, () => voice.say(VoiceOp.ClientDisconnect, { user_id: '40' }));
    });
    expect(saidOf(wire, VoiceOp.Speaking).map(({ at, d }) => `${at} ${String(d.speaking)}`)).toEqual(['60 0']);
    expect(packetsOf(wire)).toEqual([]);
  });

  it('nor does it stop what plays', () => {
    const wire = onStage({ until: 5_000, then: (session$) => session$.pipe(switchMap((session) => session.play(testFrames(100)))) }, ({ voice }) => {
      after(100, () => voice.say(VoiceOp.ClientsConnect, { user_ids: ['40'] }));
      after(500, () => voice.say(VoiceOp.ClientDisconnect, { user_id: '40' }));
    });
    expect(packetsOf(wire).filter(({ silence }) => !silence).length).toBe(100);
  });
});

describe('hazard 12, Discord4J: the RTP timestamp jumps back every 65 536 frames, and heartbeats have the form of version 4', () => {
  it('65 600 frames: the timestamp goes on past every wrap of the sequence, and wraps at 32 bits only', () => {
    const count = 65_600;
    const frame = testFrame(1);
    function* song(): Generator<OpusFrame> {
      for (let i = 0; i < count; i++) yield frame;
    }
    let n = 0;
    const wrong: number[] = [];
    const wire = onStage({
      until: (count + 10) * 20,
      // The virtual server opens each packet anew; here it need not.
      key: () => new Uint8Array(32).fill(9),
      options: { random: (length) => new Uint8Array(length).fill(255) },
      then: (session$) => session$.pipe(switchMap((session) => session.play(song()))),
    });
    for (const { bytes: datagram } of wire.datagrams) {
      if (datagram[0] !== 0x80 || isRtcp(datagram)) continue;
      const view = Buffer.from(datagram.buffer, datagram.byteOffset);
      const right = view.readUInt16BE(2) === ((65_535 + n) & 0xffff) && view.readUInt32BE(4) === (0xffffffff + 960 * n) % 2 ** 32;
      if (!right) wrong.push(n);
      n += 1;
    }
    expect(wrong).toEqual([]);
    expect(n).toBe(count + 5);
  }, 30_000);

  it('heartbeats are `{ t, seq_ack }`, as version 8 has them', () => {
    const wire = onStage({ until: 60_000 }, ({ voice }) => after(20_000, () => voice.say(VoiceOp.ClientsConnect, { user_ids: [] }, 12)));
    const beats = saidOf(wire, VoiceOp.Heartbeat).map(({ d }) => d);
    expect(beats.map((beat) => Object.keys(beat))).toEqual(Array(4).fill(['t', 'seq_ack']));
    expect(beats.map(({ seq_ack }) => seq_ack)).toEqual([-1, 12, 12, 12]);
    const t = beats.map((beat) => beat.t as number);
    expect([...t].sort((a, b) => a - b)).toEqual(t);
    expect(new Set(t).size).toBe(4);
  });
});

describe('hazard 13: receiving ends at one silence frame (@performanc/voice), or by a timer that a busy loop makes late (discord.js #8105)', () => {
  it('silence frames are packets like others: the stream goes on', () => {
    const frames = [testFrame(1), SILENCE_FRAME, testFrame(2), ...Array<Uint8Array>(5).fill(SILENCE_FRAME), testFrame(3)];
    const { packets, ended } = listen(({ deliver }, seal) => frames.forEach((frame, i) => after(100 + 20 * i, () => deliver(forwarded(seal, i, frame)))));
    expect(bytes(packets)).toEqual(frames.map((frame) => [...frame]));
    expect(ended).toBe(false);
  });

  it('a second of speech that arrives at once, after a stall of a second, is whole, in order and of one stream', () => {
    const { packets, ended } = listen(({ deliver }, seal) => {
      const speech = testFrames(60).map((frame, i) => forwarded(seal, i, frame));
      speech.slice(0, 10).forEach((packet, i) => after(100 + 20 * i, () => deliver(packet)));
      after(1_300, () => speech.slice(10).forEach((packet) => deliver(packet)));
    });
    expect(packets.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 60 }, (_, i) => i));
    expect(ended).toBe(false);
  });

  it('talkSpurts: neither a frame of silence nor a loop that is blocked for 700 ms cuts a spurt in two', () => {
    const spurts: number[] = [];
    const heard: number[] = [];
    onStage({ until: 4_000 }, (stage) => {
      const seal = serverSeal();
      after(70, () => stage.voice.say(VoiceOp.Speaking, { user_id: '40', ssrc: SPEAKER.ssrc, speaking: 1 }));
      after(75, () =>
        stage.session!
          .receive('40')
          .pipe(talkSpurts({ scheduler: stallingScheduler(300, 1_000) }), tap(({ startedAt }) => spurts.push(startedAt)), mergeMap((spurt) => spurt))
          .subscribe(({ sequence }) => heard.push(sequence)),
      );
      for (let i = 0; i < 50; i++) {
        const at = 100 + 20 * i;
        const packet = forwarded(seal, i, i === 5 || i === 20 ? SILENCE_FRAME : testFrame(i));
        // Packets that arrive while the loop is blocked are read once it is free, after the timers that are due.
        after(at, () => (at >= 300 && at <= 1_000 ? after(1_000 - at, () => stage.deliver(packet)) : stage.deliver(packet)));
      }
    });
    expect(spurts).toEqual([100]);
    expect(heard).toEqual(Array.from({ length: 50 }, (_, i) => i));
  });

  it('speaking$ says what the server says, and guesses nothing: neither silence nor a pause is the end', () => {
    const told: string[] = [];
    onStage({ until: 10_000 }, (stage) => {
      const seal = serverSeal();
      after(65, () => stage.session!.speaking$.subscribe(({ speaking }) => told.push(`${asyncScheduler.now()} ${speaking}`)));
      after(70, () => stage.voice.say(VoiceOp.Speaking, { user_id: '40', ssrc: SPEAKER.ssrc, speaking: 1 }));
      after(100, () => stage.deliver(forwarded(seal, 1, testFrame(1))));
      after(120, () => stage.deliver(forwarded(seal, 2, SILENCE_FRAME)));
      after(5_000, () => stage.deliver(forwarded(seal, 3, testFrame(3))));
      after(6_000, () => stage.voice.say(VoiceOp.Speaking, { user_id: '40', ssrc: SPEAKER.ssrc, speaking: 0 }));
    });
    expect(told).toEqual(['70 1', '6000 0']);
  });
});

describe('hazard 14: what becomes of the nonce counter and of the RTP sequence, upon a resume and upon a new key', () => {
  const keys = [new Uint8Array(32).fill(11), new Uint8Array(32).fill(12), new Uint8Array(32).fill(13)];
  const play = (act: (wire: Wire) => void, options: Partial<StageOptions> = {}): Wire =>
    onStage(
      { until: 4_000, key: (identify) => keys[identify]!, then: (session$) => session$.pipe(switchMap((session) => session.play(testFrames(100)))), ...options },
      act,
    );
  /** The packets that a key opens. */
  const under = (wire: Wire, key: number): Packet[] => packetsOf(wire, keys[key]).filter(({ payload }) => payload !== undefined);
  const steps = (values: readonly number[], size: number): number[] => values.slice(1).map((value, i) => (value - values[i]! + size) % size);
  const contiguous = (packets: readonly Packet[]): void => {
    expect(new Set(steps(packets.map(({ counter }) => counter), 2 ** 32))).toEqual(new Set([1]));
    expect(new Set(steps(packets.map(({ header }) => header.sequence), 2 ** 16))).toEqual(new Set([1]));
  };

  it('a resume keeps both, key and SSRC too: not one number twice, none left out', () => {
    const wire = play(({ voice }) => {
      for (const at of [500, 1_000, 1_500]) after(at, () => voice.close(4015));
    });
    expect(saidOf(wire, VoiceOp.Resume).length).toBe(3);
    const packets = under(wire, 0);
    expect(packets.length).toBe(105);
    expect(packets[0]!.counter).toBeGreaterThanOrEqual(2 ** 31);
    expect(new Set(packets.map(({ header }) => header.ssrc)).size).toBe(1);
    contiguous(packets);
  });

  it.each([
    ['a new token', ({ voice }: Wire) => after(500, () => nameServer(voice, 'new'))],
    ['a lost UDP socket', ({ voice }: Wire) => after(500, () => voice.loseUdp(new Error('ENETDOWN')))],
    ['a new join', ({ voice }: Wire) => after(500, () => voice.close(4006))],
  ])('a new key, after %s, begins both anew, with an SSRC of its own', (_, act) => {
    let draws = 0;
    // A different first sequence number each time, so that one that is kept would show.
    const random = (length: number): Uint8Array => new Uint8Array(length).fill(length === 6 ? 40 + 40 * draws++ : 128);
    const wire = play(act, { options: { random } });
    const [first, second] = [under(wire, 0), under(wire, 1)];
    expect(first.filter(({ silence }) => !silence).length + second.filter(({ silence }) => !silence).length).toBe(100);
    for (const packets of [first, second]) {
      expect(packets[0]!.counter).toBeGreaterThanOrEqual(2 ** 31);
      contiguous(packets);
    }
    expect(first[0]!.header.sequence).toBe((40 << 8) | 40);
    expect(second[0]!.header.sequence).toBe((80 << 8) | 80);
    expect(second[0]!.header.ssrc).not.toBe(first[0]!.header.ssrc);
    expect(without(wire.states).filter((state) => state.startsWith('ready')).length).toBe(2);
  });

  it('no counter is ever used twice under one key, in a storm of both', () => {
    const wire = play(({ voice }) => {
      for (const at of [200, 300, 700, 800]) after(at, () => voice.close(1006));
      after(500, () => nameServer(voice, 'second'));
      after(1_000, () => nameServer(voice, 'third'));
    });
    for (const key of [0, 1, 2]) {
      const packets = under(wire, key);
      expect(packets.length).toBeGreaterThan(5);
      contiguous(packets);
    }
    expect(packetsOf(wire).length).toBe([0, 1, 2].flatMap((key) => under(wire, key)).length);
  });
});
