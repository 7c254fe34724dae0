import { describe, expect, it } from 'vitest';
import { Accounting } from '../../../../src/cli/demo/accounting.js';
import { testFrame, testFrames } from '../../../../src/testing/index.js';
import type { VoicePacket } from '../../../../src/index.js';

const packet = (sequence: number, frame: Uint8Array): VoicePacket => ({ userId: '1', ssrc: 1, sequence, timestamp: 0, arrival: 0, marker: false, audioLevel: null, speaking: null, frame });

/** Sends `count` frames, with RTP sequences from 65 534 on, so that they wrap. */
async function sent(count: number): Promise<{ accounting: Accounting; sequence: (i: number) => number }> {
  const accounting = new Accounting();
  const sequence = (i: number): number => (65_534 + i) & 0xffff;
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* testFrames(count);
  }
  let i = 0;
  for await (const frame of accounting.note(source())) {
    expect(frame).toEqual(testFrame(i));
    accounting.sent(sequence(i++));
  }
  return { accounting, sequence };
}

describe('Accounting', () => {
  it('balances when every frame is heard as it was sent', async () => {
    const { accounting, sequence } = await sent(4);
    for (let i = 0; i < 4; i++) accounting.heard(packet(sequence(i), testFrame(i)), i * 20);
    expect(accounting.accounts).toEqual({ sent: 4, arrived: 4, lost: 0, differing: 0, arrivals: [0, 20, 40, 60] });
  });

  it('misses a frame, and sees one that differs by a bit', async () => {
    const { accounting, sequence } = await sent(3);
    const bent = testFrame(2);
    bent[3]! ^= 1;
    accounting.heard(packet(sequence(0), testFrame(0)), 0);
    accounting.heard(packet(sequence(2), bent), 40);
    expect(accounting.accounts).toMatchObject({ sent: 3, arrived: 2, lost: 1, differing: 1 });
  });

  it('counts a frame that comes twice, and not the silence after the song', async () => {
    const { accounting, sequence } = await sent(1);
    accounting.heard(packet(sequence(0), testFrame(0)), 0);
    accounting.heard(packet(sequence(0), testFrame(0)), 1);
    accounting.heard(packet(sequence(1), Uint8Array.of(0xf8, 0xff, 0xfe)), 20);
    expect(accounting.accounts).toMatchObject({ sent: 1, arrived: 1, lost: 0, differing: 1 });
  });

  it('is the same where it is told of what was sent only after that was heard', async () => {
    const accounting = new Accounting();
    async function* source(): AsyncGenerator<Uint8Array> {
      yield* testFrames(4);
    }
    for await (const _ of accounting.note(source()));
    accounting.sent(7);
    for (const [i, heard] of [0, 1, 1, 2].entries()) accounting.heard(packet(7 + heard, testFrame(heard)), i * 20);
    expect(accounting.accounts).toEqual({ sent: 1, arrived: 1, lost: 0, differing: 1, arrivals: [0] });
    for (const sequence of [8, 9, 10]) accounting.sent(sequence);
    accounting.heard(packet(11, Uint8Array.of(0xf8, 0xff, 0xfe)), 80);
    expect(accounting.accounts).toEqual({ sent: 4, arrived: 3, lost: 1, differing: 1, arrivals: [0, 20, 60] });
  });
});
