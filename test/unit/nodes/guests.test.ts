/** What a node sends to the bots that it has a link to. */
import { asyncScheduler, of } from 'rxjs';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { NatsMessage, Uplink } from '../../../src/nodes/connection.js';
import type { GuestWork } from '../../../src/nodes/guest.js';
import { Guests } from '../../../src/nodes/guests.js';
import { encodeValue } from '../../../src/nodes/link/codec.js';
import { decodePacket, encodePacket } from '../../../src/nodes/link/packet.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('says nothing but its end while it may run nothing: what it would tell as sent was heard by nobody', async () => {
  const said: (string | undefined)[] = [];
  let hear: (message: NatsMessage) => void = () => undefined;
  const uplink = {
    up$: of(true),
    maxPayload: 1_000,
    publish: (_: string, bytes: Uint8Array) => void said.push(decodePacket(bytes)?.kind),
    subscribe: (_: string, listener: typeof hear) => ((hear = listener), () => undefined),
  } as unknown as Uplink;
  let valid = true;
  const guests = new Guests(uplink, {
    node: 'n',
    prefix: 'p',
    silentAfter: 6_000,
    valid: () => valid,
    scheduler: asyncScheduler,
    work: () => ({}) as GuestWork,
  });
  guests.listen();
  hear({ subject: 'p.node.n.1.process.link', data: encodePacket({ kind: 'data', number: 1, acknowledged: 0, body: encodeValue([]) }) });
  await vi.advanceTimersByTimeAsync(2_500);
  expect(said.splice(0)).toEqual(['beat', 'beat']);
  valid = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(said).toEqual([]);
  guests.end('its lease was not renewed');
  expect(said).toEqual(['end']);
});
