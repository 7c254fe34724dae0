import { firstValueFrom, switchMap, toArray, type Observable } from 'rxjs';
import { beforeAll, expect, it } from 'vitest';
import { encryptionMode$, ENCRYPTION_MODES } from '../../../src/driver.js';
import { VoiceUnsupportedError } from '../../../src/errors.js';
import { sevenCases } from '../../support/seven-cases.js';

const [XCHACHA, AES] = ENCRYPTION_MODES;
/** Loaded once per process; later uses take no time, virtual or real. */
beforeAll(() => firstValueFrom(encryptionMode$([XCHACHA])));

// Applied to a stream of Readys, as the stage that follows them.
sevenCases('encryptionMode$', {
  from: { a: [AES, 'unknown'], b: [AES, XCHACHA] },
  to: { A: AES, B: XCHACHA },
  over: (offers$: Observable<readonly string[]>) => offers$.pipe(switchMap((offered) => encryptionMode$(offered))),
  rows: {
    never: { source: '-', result: '-', listens: '^' },
    empty: { source: '--|', result: '--|', listens: '^-!' },
    one: { source: '--a--|', result: '--A--|', listens: '^----!' },
    error: { source: '--a#', result: '--A#', listens: '^--!' },
    endless: { source: 'abababababab', until: '^---!', result: 'ABAB', listens: '^---!' },
    'early unsubscribe': { source: '-a---b', until: '^--!', result: '-A-', listens: '^--!' },
    'unsubscribe while waiting': { source: '-----a', until: '^--!', result: '-', listens: '^--!' },
  },
});

it('goes by the order of those that are allowed, emits once and completes', async () => {
  expect(await firstValueFrom(encryptionMode$([XCHACHA, AES], [AES, XCHACHA]).pipe(toArray()))).toEqual([AES]);
});

it('errors where there is none in common, and says what was offered', async () => {
  await expect(firstValueFrom(encryptionMode$(['rot13']))).rejects.toThrow(VoiceUnsupportedError);
  await expect(firstValueFrom(encryptionMode$(['rot13'], [AES]))).rejects.toThrow('it offers rot13; allowed here: aead_aes256_gcm_rtpsize');
});
