import { describe, expect, it } from 'vitest';
import { DEFAULT_DAVE_OPTIONS, resolveDaveOptions } from '../../../src/server/dave/options.js';
import { withDefaults } from '../../../src/server/defaults.js';
import { DEFAULT_SERVER_OPTIONS, resolveOptions } from '../../../src/server/options.js';
import { DEFAULT_FORWARDING_OPTIONS, resolveForwarding } from '../../../src/server/traffic/forwarding.js';

describe('defaults', () => {
  it('stand for what was not chosen, and for nothing that was', () => {
    const defaults = { share: 0.5, on: true, name: 'a' as string | undefined };
    expect(withDefaults(defaults, {})).toEqual(defaults);
    expect(withDefaults(defaults, { share: 0, on: false, name: '' })).toEqual({ share: 0, on: false, name: '' });
    // As untyped JavaScript may pass them.
    expect(withDefaults(defaults, JSON.parse('{"share":null,"other":1}') as object)).toEqual(defaults);
    expect(withDefaults(defaults, { name: undefined } as object)).toEqual(defaults);
  });

  it('are good options themselves, each of them', () => {
    expect(resolveOptions({})).toEqual(DEFAULT_SERVER_OPTIONS);
    expect(resolveDaveOptions({ channelId: '1' })).toEqual({ ...DEFAULT_DAVE_OPTIONS, channelId: '1', onEvent: undefined });
    expect(resolveForwarding({})).toEqual({ ...DEFAULT_FORWARDING_OPTIONS, rule: expect.any(Function) as unknown });
  });

  it('stand for each option that is undefined', () => {
    const unset = (names: object): object => Object.fromEntries(Object.keys(names).map((name) => [name, undefined]));
    expect(resolveOptions(unset(DEFAULT_SERVER_OPTIONS))).toEqual(DEFAULT_SERVER_OPTIONS);
    expect(resolveForwarding(unset(DEFAULT_FORWARDING_OPTIONS))).toMatchObject(DEFAULT_FORWARDING_OPTIONS);
  });
});
