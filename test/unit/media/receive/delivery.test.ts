import { beforeEach, describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { prepareMode } from '../../../../src/crypto/seal.js';
import type { FrameCipher, FrameRefusal } from '../../../../src/media/frame-cipher.js';
import type { ReceptionStats } from '../../../../src/media/receive/receive-stats.js';
import { SILENCE_FRAME } from '../../../../src/protocol/silence.js';
import { encrypted } from '../../driver/dave/fake-provider.js';
import { datagrams, packet, ReceiverStage, RTPSIZE, SSRC, unaccounted } from './receiver-stage.js';

const FRAME = Uint8Array.of(0xfc, 1, 2, 3);
const sent = (sequence: number, epoch: number, ssrc = SSRC): Uint8Array =>
  packet(RTPSIZE, { sequence, ssrc, payload: encrypted(epoch, Uint8Array.of(...FRAME, sequence)) });
const clear = (sequence: number, ssrc = SSRC): Uint8Array => packet(RTPSIZE, { sequence, ssrc, payload: FRAME });
const silence = (sequence: number): Uint8Array => packet(RTPSIZE, { sequence, payload: SILENCE_FRAME });

/** Opens frames of the epochs it has keys for, in the format of the fake MLS library; records each verdict. */
class Keys implements FrameCipher {
  readonly epochs = new Set<number>([1]);
  readonly verdicts: FrameRefusal[] = [];
  /** Whether a new epoch is about to begin. */
  changing = true;
  tries = 0;

  encrypt(frame: Uint8Array): Uint8Array {
    return frame;
  }

  decrypt(userId: string, frame: Uint8Array): Uint8Array | FrameRefusal {
    this.tries += 1;
    if (frame.at(-1) !== 0xfa) return frame.length === 3 ? frame.slice() : 'unencrypted';
    if (userId === '99') return 'unknownUser';
    const epoch = frame.at(-5)!;
    return this.epochs.has(epoch) ? frame.slice(0, -12).map((byte) => byte ^ epoch) : 'undecryptable';
  }

  mayYet(refusal: FrameRefusal): boolean {
    return refusal === 'noKey' || (refusal === 'undecryptable' && this.changing);
  }

  refused(refusal: FrameRefusal): void {
    this.verdicts.push(refusal);
  }
}

await prepareMode('aead_xchacha20_poly1305_rtpsize');

let stage: ReceiverStage;
let keys: Keys;
beforeEach(() => {
  stage = new ReceiverStage();
  stage.cipher = keys = new Keys();
});
/** From now on there are keys for this epoch. */
const install = (epoch: number): void => {
  keys.epochs.add(epoch);
  stage.receiver.delivery.retry();
};
const refused = (): ReceptionStats['refused'] => stage.stats.totals.refused;

describe('packets of nobody known', () => {
  it('wait for the news of whose they are, and come in order', () => {
    stage.take(sent(1, 1, 5)).wait(20).take(sent(2, 1, 5));
    expect(stage.heard).toEqual([]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 2, waiting: 2 }));
    stage.claim(5, '88').take(sent(3, 1, 5));
    expect(stage.heard.map(({ userId, sequence, arrival }) => [userId, sequence, arrival])).toEqual([['88', 1, 0], ['88', 2, 20], ['88', 3, 20]]); // prettier-ignore
    expect(stage.heard.map(({ frame }) => [...frame])).toEqual([1, 2, 3].map((sequence) => [...FRAME, sequence]));
    expect(stage.stats.users.get('88')).toMatchObject({ packets: 3, lost: 0 });
  });

  it('are not waited for for longer than a second', () => {
    for (const arrival of [0, 500, 600]) stage.wait(arrival - stage.now).take(sent(arrival, 1, 5));
    stage.now = 1_100;
    stage.claim(5, '88');
    expect(stage.sequences).toEqual([500, 600]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 3, audio: 2, unclaimed: 1 }));
  });

  it('are lost where they are encrypted and nobody claims them', () => {
    stage.take(sent(1, 1, 5)).wait(1_000).take(sent(2, 1, 5));
    expect(stage.heard).toEqual([]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 2, unclaimed: 2 }));
  });

  it('are given without a user in a plain call, and what follows at once, until somebody claims them', () => {
    stage.cipher = null;
    stage.take(clear(1, 5)).wait(1_000).take(clear(2, 5)).claim(5, '88').take(clear(3, 5));
    expect(stage.heard.map(({ userId, sequence, arrival }) => [userId, sequence, arrival])).toEqual([[null, 1, 0], [null, 2, 1_000], ['88', 3, 1_000]]); // prettier-ignore
    const { users, totals } = stage.stats;
    expect([[...users.keys()], users.get('88')!.packets, totals.packets, totals.lost]).toEqual([['88'], 1, 3, 0]);
  });
});

describe('without end-to-end encryption', () => {
  it('what has the form of ciphertext is never handed on', () => {
    stage.cipher = null;
    expect(stage.take(sent(1, 1), clear(2)).sequences).toEqual([2]);
    expect(refused()).toMatchObject({ noKey: 1 });
  });
});

describe('a frame that cannot be decrypted', () => {
  it('and never will be is counted by its reason, and judged once', () => {
    keys.changing = false;
    stage.owners.set(5, '99');
    stage.take(clear(0), sent(1, 9), sent(3, 1, 5), sent(4, 1));
    expect(stage.sequences).toEqual([4]);
    expect(refused()).toEqual({ noKey: 0, undecryptable: 0, unencrypted: 1, unknownUser: 1, expired: 0 });
    // No new keys are announced; but the announcement may be late, so the frame is refused only after a wait.
    stage.wait(1_000);
    expect(refused()).toEqual({ noKey: 0, undecryptable: 1, unencrypted: 1, unknownUser: 1, expired: 0 });
    expect(keys.verdicts).toEqual(['unencrypted', 'unknownUser', 'undecryptable']);
    expect(stage.timers).toBe(0);
  });

  it('and is a copy of one that came before is not tried, nor is anything behind it held up', () => {
    keys.changing = false;
    stage.take(sent(1, 1));
    keys.epochs.delete(1);
    stage.take(sent(1, 1), silence(2));
    expect([stage.sequences, refused().undecryptable, stage.stats.datagrams.duplicates, stage.timers]).toEqual([[1, 2], 0, 1, 0]);
  });

  it('because the cipher throws is counted too', () => {
    keys.changing = false;
    keys.decrypt = () => {
      throw new Error('bad packet');
    };
    expect(stage.take(sent(1, 1)).wait(1_000).heard).toEqual([]);
    expect(refused()).toMatchObject({ undecryptable: 1 });
  });
});

describe('a frame that cannot be decrypted yet', () => {
  it('is held until its keys are there, and comes before what follows', () => {
    stage.take(sent(1, 1), sent(2, 2)).wait(20).take(sent(3, 2));
    expect([stage.sequences, keys.verdicts]).toEqual([[1], []]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 3, audio: 1, waiting: 2 }));
    install(2);
    stage.take(sent(4, 2));
    expect(stage.sequences).toEqual([1, 2, 3, 4]);
    expect(stage.heard.map(({ frame }) => frame.at(-1))).toEqual([1, 2, 3, 4]);
    expect(stage.heard.map(({ arrival }) => arrival)).toEqual([0, 0, 20, 20]);
    expect([keys.verdicts, stage.stats.totals.lost]).toEqual([[], 0]);
  });

  it('does not delay frames of the keys that we have: they are older', () => {
    expect(stage.take(sent(3, 2), sent(2, 1)).sequences).toEqual([2]);
  });

  it('keeps what is in the clear behind it, which has no epoch', () => {
    stage.take(sent(1, 2), silence(2), sent(3, 3), silence(4));
    expect(stage.sequences).toEqual([]);
    install(2);
    expect(stage.sequences).toEqual([1, 2]);
    install(3);
    expect(stage.sequences).toEqual([1, 2, 3, 4]);
  });

  it('holds up nobody else', () => {
    stage.owners.set(5, '88');
    expect(stage.take(sent(1, 2), sent(2, 1, 5)).heard.map(({ userId }) => userId)).toEqual(['88']);
  });

  it('stays held over news that bring no key for it, and is judged once when a second has passed', () => {
    stage.take(sent(1, 2), silence(2)).wait(500).take(sent(3, 2));
    keys.changing = false;
    install(7);
    expect([stage.heard, keys.verdicts]).toEqual([[], []]);
    stage.wait(499);
    expect(keys.verdicts).toEqual([]);
    stage.wait(1);
    expect([stage.sequences, keys.verdicts, refused().undecryptable]).toEqual([[2], ['undecryptable'], 1]);
    stage.wait(500);
    expect([stage.sequences, keys.verdicts, refused().undecryptable]).toEqual([[2], ['undecryptable', 'undecryptable'], 2]);
    expect([stage.timers, stage.stats.datagrams.waiting]).toEqual([0, 0]);
  });

  it('is one of 50 at most: the oldest is given up', () => {
    for (let sequence = 0; sequence < 60; sequence += 1) stage.wait(1).take(sent(sequence, 2));
    expect([keys.verdicts.length, refused().expired, stage.stats.datagrams.waiting]).toEqual([10, 10, 50]);
    install(2);
    expect(stage.sequences).toEqual(Array.from({ length: 50 }, (_, i) => 10 + i));
  });

  it('is held by one timer, however many there are', () => {
    for (let ssrc = 1; ssrc <= 30; ssrc += 1) stage.owners.set(ssrc, String(ssrc));
    for (let i = 0; i < 300; i += 1) stage.wait(1).take(sent(i, 2, 1 + (i % 30)));
    expect(stage.timers).toBe(1);
  });

  it('is unheard when nobody listens any more', () => {
    stage.take(sent(1, 2));
    stage.listeners = new Set();
    install(2);
    expect([stage.heard, stage.stats.datagrams]).toEqual([[], datagrams({ received: 1, unheard: 1 })]);
  });

  it('is given up with the media session, and so is what waits for its owner', () => {
    stage.take(sent(1, 2), sent(2, 2), sent(3, 1, 5));
    stage.receiver.delivery.close();
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 3, refused: 2, unclaimed: 1 }));
    expect(refused()).toMatchObject({ expired: 2 });
    install(2);
    expect(stage.wait(5_000).heard).toEqual([]);
  });

  it('is given up when the session ends in the midst of the others', () => {
    stage.take(sent(1, 2), sent(2, 3), sent(3, 2));
    stage.onPacket = () => {
      stage.listeners = new Set();
      stage.receiver.delivery.close();
    };
    install(2);
    expect([stage.sequences, unaccounted(stage.stats.datagrams)]).toEqual([[1], 0]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 3, audio: 1, unheard: 2 }));
  });

  it('is given up when only the media session ends in their midst; what can be opened is still heard', () => {
    stage.take(sent(1, 2), sent(2, 3), sent(3, 2));
    // At the first packet only.
    stage.onPacket = ({ sequence }) => void (sequence === 1 && stage.receiver.delivery.close());
    install(2);
    expect(stage.sequences).toEqual([1, 3]);
    expect(stage.stats.datagrams).toEqual(datagrams({ received: 3, audio: 2, refused: 1 }));
  });

  it('is kept in memory of its own, and so is one without an owner: a seal lends its plaintext', () => {
    const lending = 'aead_xchacha20_poly1305_rtpsize';
    stage = new ReceiverStage(lending);
    stage.cipher = keys;
    const held = (sequence: number, ssrc: number): Uint8Array =>
      packet(lending, { sequence, ssrc, payload: encrypted(2, Uint8Array.of(...FRAME, sequence)) });
    stage.take(held(1, SSRC), held(2, 5), held(3, SSRC));
    install(2);
    stage.claim(5, '88');
    expect(stage.heard.map(({ frame }) => [...frame])).toEqual([1, 3, 2].map((sequence) => [...FRAME, sequence]));
  });

  it('may be the one too many: what its verdict changes is at once of use to the others', () => {
    stage.take(sent(1, 2)).wait(10).take(sent(2, 3));
    keys.refused = () => install(3);
    stage.wait(990);
    expect([stage.sequences, refused().expired, unaccounted(stage.stats.datagrams)]).toEqual([[2], 1, 0]);
  });

  it('does not wait for ever where the clock is set back', () => {
    stage.now = 1e9;
    stage.take(sent(1, 2));
    stage.now = 0;
    install(7);
    expect([keys.verdicts, refused().expired]).toEqual([['undecryptable'], 1]);
  });
});

describe('over any course of keys, frames and time', () => {
  it('each frame is heard once, as it was sent and in the order of its epoch, or has one verdict; the books add up', () => {
    const step = fc.oneof(
      { weight: 6, arbitrary: fc.record({ kind: fc.constant('frame' as const), lag: fc.nat(2), ssrc: fc.constantFrom(SSRC, 5) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('silence' as const) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('keys' as const) }) },
      { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 700 }) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('changing' as const), changing: fc.boolean() }) },
    );
    let expired = 0;
    let heard = 0;
    fc.assert(
      fc.property(fc.array(step, { minLength: 40, maxLength: 120 }), (steps) => {
        stage = new ReceiverStage();
        stage.cipher = keys = new Keys();
        stage.owners.set(5, '88');
        let newest = 1;
        let sequence = 0;
        const frames = new Map<number, Uint8Array>();
        for (const act of steps) {
          sequence += 1;
          if (act.kind === 'frame') {
            frames.set(sequence, Uint8Array.of(...FRAME, sequence & 0xff));
            stage.take(sent(sequence, newest + act.lag, act.ssrc));
          } else if (act.kind === 'silence') {
            frames.set(sequence, SILENCE_FRAME);
            stage.take(silence(sequence));
          } else if (act.kind === 'keys') {
            install((newest += 1));
          } else if (act.kind === 'wait') {
            stage.wait(act.ms);
          } else {
            keys.changing = act.changing;
          }
          // All frames are checked each time, because memory may be reused; without an `expect` each, as there are a hundred thousand.
          const wrong = stage.heard.filter(({ frame, sequence }) => Buffer.compare(frame, frames.get(sequence)!) !== 0);
          if (wrong.length > 0 || unaccounted(stage.stats.datagrams) !== 0) expect([unaccounted(stage.stats.datagrams), wrong]).toEqual([0, []]);
        }
        stage.wait(3_000);
        const { audio, refused: given, waiting, received } = stage.stats.datagrams;
        expect([waiting, stage.timers, given, received]).toEqual([0, 0, keys.verdicts.length, audio + given]);
        expect(new Set(stage.sequences).size).toBe(audio);
        expired += refused().expired;
        heard += audio;
      }),
      { numRuns: 200 },
    );
    expect(Math.min(expired, heard)).toBeGreaterThan(200);
  });
});
