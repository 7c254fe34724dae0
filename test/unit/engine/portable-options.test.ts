import { asyncScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { recoverBy, type VoiceOptions } from '../../../src/index.js';
import { arrivedOptions, portableOptions } from '../../../src/engine/portable-options.js';
import { steadyScheduler } from '../../../src/steady-scheduler.js';
import { nodeTransports } from '../../../src/net/transports.js';
import { daveyProvider } from '../../../src/dave/davey.js';

const travelled = (options: VoiceOptions): VoiceOptions => arrivedOptions(structuredClone(portableOptions(options)), undefined);

describe('options that travel', () => {
  it('arrive as they are; what is for the home side stays there', () => {
    const options: VoiceOptions = {
      e2ee: 'required', modes: ['aead_aes256_gcm_rtpsize'], timeouts: { hello: 9 }, stableAfter: 1, discovery: 'optional',
      senderReports: false, gatewayVersion: 7, linger: 5, whereami: () => [], whereamiEvery: 3, log: () => undefined, scheduler: steadyScheduler,
    }; // prettier-ignore
    const { linger: _, whereami: __, whereamiEvery: ___, log: ____, scheduler: _____, ...rest } = options;
    expect(travelled(options)).toEqual(rest);
    expect(travelled({ dave: false })).toEqual({ dave: false });
    expect(travelled({})).toEqual({});
  });

  it('recovery, as the changes that it was made of', () => {
    const fault = { type: 'kicked', resumable: false, fresh: false, repeats: 1, wasReady: true, tried: { resume: 0, reidentify: 0, rejoin: 0 } } as const;
    const { recovery } = travelled({ recovery: recoverBy({ kicked: { action: 'rejoin' } }, { firstDelay: 40 }) });
    expect(recovery!(fault as never, 1)).toEqual({ action: 'rejoin', delay: 40 });
  });

  it.each<[keyof VoiceOptions, VoiceOptions]>([
    ['scheduler', { scheduler: asyncScheduler }],
    ['transports', { transports: nodeTransports() }],
    ['random', { random: (bytes) => new Uint8Array(bytes) }],
    ['interceptors', { interceptors: [] }],
    ['dave', { dave: daveyProvider() }],
    ['recovery', { recovery: () => ({ action: 'fail' }) }],
  ])('%s cannot, and is named with the cure', (option, options) => {
    expect(() => portableOptions(options)).toThrow(expect.objectContaining({ code: 'options', option, reason: expect.stringMatching(/cannot travel.*: ./) }));
  });
});
