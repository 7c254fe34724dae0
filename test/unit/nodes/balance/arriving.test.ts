/** How many sessions may be on their way to one node at once. */
import fc from 'fast-check';
import { asyncScheduler } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Sink } from '../../../../src/engine/sink.js';
import { allToBot, toNode } from '../../../../src/nodes/address.js';
import { Arriving } from '../../../../src/nodes/balance/arriving.js';
import { Uplink } from '../../../../src/nodes/connection.js';
import { Host } from '../../../../src/nodes/host.js';
import { IDS, KeptFleet, pass, SILENT_MS } from '../../../support/kept-fleet/kept-fleet.js';

it('sessions are admitted, so many at once, and others when these have come', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.boolean(), { maxLength: 60 }), (most, steps) => {
      const arriving = new Arriving(most);
      const under: (() => void)[] = [];
      for (const comes of steps) {
        if (!comes) under.shift()?.();
        else {
          const come = arriving.admit();
          expect(come === undefined).toBe(under.length === most);
          if (come !== undefined) under.push(come);
        }
      }
    }),
  );
});

describe('a node', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  /** Sessions that ask a node to prepare for them; the node's answer to each, and a way for each to withdraw. */
  async function asked(...wishes: readonly { readonly directed?: true }[]) {
    const fleet = await KeptFleet.begin(1, [100]);
    const { id } = fleet.nodes[0]!;
    const from = { bot: IDS.bot, process: 'p' };
    const uplink = new Uplink(fleet.bus.connection('p', () => true, (deliver) => deliver())); // prettier-ignore
    const link = { publish: (bytes: Uint8Array) => uplink.publish(toNode('rxvoice', id, from, 'l'), bytes), up$: uplink.up$, maxPacket: 100_000, silentAfter: SILENT_MS, scheduler: asyncScheduler };
    const host = new Host(link, () => undefined);
    const leave = host.hold();
    const unsubscribe = uplink.subscribe(allToBot('rxvoice', from), ({ data }) => host.receive(data));
    const told: string[] = wishes.map(() => 'nothing');
    const takeBack: (() => void)[] = [];
    const ask = (i: number): void => {
      const sink: Sink = { next: () => (told[i] = 'ready'), error: (error) => (told[i] = (error as Error).name), complete: () => undefined };
      host.home.peer.subscribe({ what: 'prepare', endpoint: null, sources: [], ...wishes[i] }, sink, ({ unsubscribe }) => (takeBack[i] = () => unsubscribe()));
    };
    for (const i of wishes.keys()) ask(i);
    await pass(100);
    const end = async (): Promise<void> => {
      leave();
      unsubscribe();
      await fleet.end();
    };
    return { told, ask, takeBack, end };
  }

  const DIRECTED = { directed: true } as const;

  it('prepares for four at once that need not come, and for another when one of them does not come', async () => {
    const { told, ask, takeBack, end } = await asked(...Array.from({ length: 6 }, () => DIRECTED));
    expect(told).toEqual(['ready', 'ready', 'ready', 'ready', 'EngineLostError', 'EngineLostError']);
    takeBack[1]!();
    await pass(100);
    ask(4);
    ask(5);
    await pass(100);
    expect(told).toEqual(['ready', 'ready', 'ready', 'ready', 'ready', 'EngineLostError']);
    await end();
  });

  it('prepares for all that come from a node that ends', async () => {
    const { told, end } = await asked(...Array.from({ length: 4 }, () => DIRECTED), {}, {}, DIRECTED);
    expect(told).toEqual(['ready', 'ready', 'ready', 'ready', 'ready', 'ready', 'EngineLostError']);
    await end();
  });
});
