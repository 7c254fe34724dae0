import { describe, expect, it } from 'vitest';
import { CLOSE_CODES, CloseCode, closeCodeFacts, type CloseAction } from '../../../src/protocol/close-codes.js';

/** Discord docs, "Voice Close Event Codes", and the codes of RFC 6455 section 7.4 and the IANA registry that occur on the wire. */
const DOCUMENTED: Readonly<Record<number, CloseAction>> = {
  1000: 'resume',
  1001: 'resume',
  1005: 'resume',
  1006: 'resume',
  1011: 'resume',
  1012: 'resume',
  1013: 'resume',
  1014: 'resume',
  4000: 'resume',
  4001: 'rejoin',
  4002: 'rejoin',
  4003: 'reidentify',
  4004: 'rejoin',
  4005: 'rejoin',
  4006: 'rejoin',
  4009: 'rejoin',
  4011: 'rejoin',
  4012: 'fail',
  4013: 'resume',
  4014: 'wait',
  4015: 'resume',
  4016: 'fail',
  4017: 'fail',
  4020: 'rejoin',
  4021: 'fail',
  4022: 'wait',
};

const ACTIONS: readonly string[] = ['resume', 'reidentify', 'rejoin', 'wait', 'fail'];

describe('closeCodeFacts', () => {
  it.each(Object.entries(DOCUMENTED))('%s → %s', (code, action) => {
    expect(CLOSE_CODES).toHaveProperty(code);
    expect(closeCodeFacts(Number(code)).action).toBe(action);
  });

  it('is total: every code gives a meaning and an action', () => {
    for (let code = 0; code <= 65_535; code++) {
      const { meaning, action } = closeCodeFacts(code);
      if (meaning === '' || !ACTIONS.includes(action)) expect.fail(`code ${code}: "${meaning}", ${action}`);
    }
    for (const odd of [-1, 1.5, NaN, Infinity, -Infinity]) expect(ACTIONS).toContain(closeCodeFacts(odd).action);
  });

  it('takes an unknown code below 4000 for a lost connection, and asks for new credentials above', () => {
    expect(closeCodeFacts(1015).action).toBe('resume');
    expect(closeCodeFacts(3999).action).toBe('resume');
    expect(closeCodeFacts(4010).action).toBe('rejoin');
    expect(closeCodeFacts(4999).action).toBe('rejoin');
  });

  it('never tries again by itself what the docs forbid to try again', () => {
    for (const code of [4014, 4022, 4021]) expect(['wait', 'fail']).toContain(closeCodeFacts(code).action);
  });
});

describe('CloseCode', () => {
  it('names only codes of the table, each once', () => {
    const codes = Object.values(CloseCode);
    for (const code of codes) expect(CLOSE_CODES).toHaveProperty(String(code));
    expect(new Set(codes).size).toBe(codes.length);
  });

  it('gives a socket up with a code that is no deliberate end and may be sent: 4000 to 4999', () => {
    expect(CloseCode.HeartbeatLost).toBeGreaterThanOrEqual(4000);
    expect(CloseCode.HeartbeatLost).toBeLessThanOrEqual(4999);
    expect(closeCodeFacts(CloseCode.HeartbeatLost).action).toBe('resume');
    expect(DOCUMENTED).not.toHaveProperty(String(CloseCode.HeartbeatLost));
  });
});
