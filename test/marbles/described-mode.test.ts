/** The transport mode is the one that was selected: a server that describes another mode is not followed. */
import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { ENCRYPTION_MODES } from '../../src/protocol/encryption-modes.js';
import { story } from '../support/dave-story.js';

const SELECTED = 'aead_aes256_gcm_rtpsize';

/** Select Protocol goes out at 50 ms, and is answered here at 55. */
function described(mode: string): string[] {
  return story({ version: 0, until: 200, frames: 1, options: { modes: [SELECTED, ...ENCRYPTION_MODES] } }, (server) => {
    timer(55).subscribe(() => server.describe({ mode, secret_key: new Array(32).fill(7) }));
  }).filter((line) => !line.includes('silence'));
}

describe('a described mode', () => {
  it.each([...ENCRYPTION_MODES.filter((mode) => mode !== SELECTED), 'none', 'aead_aes256_gcm', ''])("'%s', which was not selected, is an error, though it is allowed: nothing is sent, and it is not tried again", (mode) => {
    const told = (ENCRYPTION_MODES as readonly string[]).includes(mode) ? mode : 'an unknown mode';
    expect(described(mode)).toEqual([`55 VoiceUnsupportedError: no transport encryption that both sides accept: it described ${told} where ${SELECTED} was selected`]);
  });

  it('that was selected is taken', () => {
    expect(described(SELECTED)).toContain('55 rtp t0 frame 0 in the clear');
  });
});
