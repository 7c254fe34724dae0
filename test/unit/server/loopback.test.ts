import { describe, expect, it } from 'vitest';
import { bindAgain } from '../../../src/server/loopback.js';

function failing(times: number, code: string): { readonly bind: () => Promise<string>; readonly tries: () => number } {
  let tries = 0;
  const bind = async (): Promise<string> => {
    if (++tries <= times) throw Object.assign(new Error(code), { code });
    return 'bound';
  };
  return { bind, tries: () => tries };
}

describe('a port that was ours before', () => {
  it('is waited for while somebody else has it', async () => {
    const taken = failing(3, 'EADDRINUSE');
    expect(await bindAgain(taken.bind)).toBe('bound');
    expect(taken.tries()).toBe(4);
  });

  it('is given up at once when anything else is wrong', async () => {
    const denied = failing(1, 'EACCES');
    await expect(bindAgain(denied.bind)).rejects.toMatchObject({ code: 'EACCES' });
    expect(denied.tries()).toBe(1);
  });
});
