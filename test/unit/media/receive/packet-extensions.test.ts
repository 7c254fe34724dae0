import { describe, expect, it } from 'vitest';
import { audioLevel, extensionFlags } from '../../../../src/media/receive/packet-extensions.js';
import { SpeakingFlags } from '../../../../src/types.js';

describe('what the header extensions say', () => {
  it('level: the voice bit, and -dBov below it', () => {
    expect([0x00, 0x7f, 0x80, 0x9e, 0xff].map(audioLevel)).toEqual([
      { voice: false, level: 0 },
      { voice: false, level: 127 },
      { voice: true, level: 0 },
      { voice: true, level: 30 },
      { voice: true, level: 127 },
    ]);
  });

  it('the same answer for the same byte, which nobody can change', () => {
    expect(audioLevel(0x9e)).toBe(audioLevel(0x9e));
    expect(Object.isFrozen(audioLevel(0x9e))).toBe(true);
    expect(structuredClone(audioLevel(0x9e))).toEqual({ voice: true, level: 30 });
  });

  it('speaking: the bits of the extension are others than those of opcode 5, none stands for voice, and priority implies it', () => {
    const { Microphone, Soundshare, Priority } = SpeakingFlags;
    expect([0, 1, 2, 3, 4, 6, 7, 0xf8].map(extensionFlags)).toEqual([
      Microphone, Microphone | Priority, Microphone, Microphone | Priority, Soundshare, Microphone | Soundshare, Microphone | Soundshare | Priority, Microphone,
    ]); // prettier-ignore
  });
});
