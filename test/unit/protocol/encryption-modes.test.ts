import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  ENCRYPTION_MODES,
  isEncryptionMode,
  isRtpSizeMode,
  pickMode,
  SECRET_KEY_BYTES,
} from '../../../src/protocol/encryption-modes.js';

const AES = 'aead_aes256_gcm_rtpsize';
const XCHACHA = 'aead_xchacha20_poly1305_rtpsize';

describe('the list of modes', () => {
  it('holds the two of today and the three that self-hosted servers still offer', () => {
    expect([...ENCRYPTION_MODES].sort()).toEqual(
      [AES, XCHACHA, 'xsalsa20_poly1305', 'xsalsa20_poly1305_lite', 'xsalsa20_poly1305_suffix'].sort(),
    );
    expect(SECRET_KEY_BYTES).toBe(32);
  });

  it('has the rtpsize modes before the retired ones', () => {
    expect(ENCRYPTION_MODES.map(isRtpSizeMode)).toEqual([true, true, false, false, false]);
  });
});

describe('isEncryptionMode', () => {
  it('is true of the names in the list and of nothing else', () => {
    expect(ENCRYPTION_MODES.every(isEncryptionMode)).toBe(true);
    for (const other of ['', 'xsalsa20_poly1305_lite_rtpsize', 'aead_aes256_gcm', AES.toUpperCase(), `${AES} `, 0, null])
      expect(isEncryptionMode(other), String(other)).toBe(false);
    fc.assert(fc.property(fc.anything(), (value) => !isEncryptionMode(value)));
  });
});

describe('pickMode', () => {
  it('goes by our own preference, whatever the order of the server', () => {
    expect(pickMode([AES, XCHACHA], [XCHACHA, AES])).toBe(XCHACHA);
    expect(pickMode([XCHACHA, AES], [XCHACHA, AES])).toBe(XCHACHA);
    expect(pickMode([AES, XCHACHA], [AES, XCHACHA])).toBe(AES);
    expect(pickMode([XCHACHA, AES], [AES, XCHACHA])).toBe(AES);
  });

  it('passes over what the server does not offer, and over what we do not know', () => {
    expect(pickMode(['aead_future_rtpsize', AES], [XCHACHA, AES])).toBe(AES);
  });

  it('is undefined when they have none in common', () => {
    expect(pickMode([], ENCRYPTION_MODES)).toBeUndefined();
    expect(pickMode([AES], [])).toBeUndefined();
    expect(pickMode(['aead_future_rtpsize'], ENCRYPTION_MODES)).toBeUndefined();
    expect(pickMode([AES], [XCHACHA])).toBeUndefined();
  });

  it('does not change its mind when the server shuffles its list', () => {
    const lists = fc.tuple(fc.subarray([...ENCRYPTION_MODES]), fc.shuffledSubarray([...ENCRYPTION_MODES]));
    fc.assert(
      fc.property(lists, ([offered, preferred]) => {
        expect(pickMode(offered.toReversed(), preferred)).toBe(pickMode(offered, preferred));
        expect(pickMode(offered, preferred)).toBe(preferred.filter((mode) => offered.includes(mode))[0]);
      }),
    );
  });
});
