import { describe, expect, it } from 'vitest';
import { insulatedTransports } from '../../../src/driver/insulated-transports.js';
import { UdpLost } from '../../../src/driver/ports.js';
import { VoiceEndpointError } from '../../../src/errors.js';
import { defaultTransports, nodeTransports, ownTransports } from '../../../src/net/transports.js';

const errorOf = (open: (transports: ReturnType<typeof nodeTransports>) => { subscribe(observer: { error(error: unknown): void }): unknown }) => (transports: ReturnType<typeof nodeTransports>) =>
  new Promise<unknown>((resolve) => open(transports).subscribe({ error: resolve }));
/** No address has such a port: Node throws immediately. */
const udpError = errorOf(({ udp$ }) => udp$({ ip: '127.0.0.1', port: 70_000 }));
const socketError = errorOf(({ socket$ }) => socket$('ws://voice.test', 8));

describe('defaultTransports', () => {
  it('are one for all, and without an edge around them; what a caller passes has one', () => {
    expect(defaultTransports()).toBe(defaultTransports());
    expect(insulatedTransports(defaultTransports())).toBe(defaultTransports());
    const passed = nodeTransports();
    expect(insulatedTransports(passed)).not.toBe(passed);
    const own = ownTransports({ tls: { rejectUnauthorized: false } });
    expect(insulatedTransports(own)).toBe(own);
  });

  it('fail by themselves as the edge would have them fail', async () => {
    for (const transports of [defaultTransports(), ownTransports(), insulatedTransports(nodeTransports())]) {
      const lost = await udpError(transports);
      expect(lost).toBeInstanceOf(UdpLost);
      expect((lost as Error).cause).toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' });
      expect(await socketError(transports)).toBeInstanceOf(VoiceEndpointError);
    }
    expect(await udpError(nodeTransports())).toMatchObject({ code: 'ERR_SOCKET_BAD_PORT' });
  });
});
