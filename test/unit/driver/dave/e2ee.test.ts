import { asyncScheduler, firstValueFrom, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Control } from '../../../../src/driver/connection/control.js';
import { E2ee } from '../../../../src/driver/dave/e2ee.js';
import type { DaveProvider } from '../../../../src/driver/dave/provider.js';
import { RECOVERY_LIMIT } from '../../../../src/driver/dave/recovery-budget.js';
import { MediaSlot } from '../../../../src/driver/connection/media-slot.js';
import { Outbox } from '../../../../src/driver/connection/outbox.js';
import { Roster } from '../../../../src/driver/connection/roster.js';
import type { LogEntry } from '../../../../src/log.js';
import { encodeServerBinary, type WireMessage } from '../../../../src/protocol/frames.js';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';
import { testFrame } from '../../../../src/testing/index.js';
import { virtualTime } from '../../../support/virtual-time.js';
import { encrypted, FakeProvider, into, SENDER } from './fake-provider.js';

const SERVER = { guildId: '10', channelId: '20', userId: '30', sessionId: 's', token: 't', endpoint: 'voice.test:443' };

/** A slot with a WebSocket that listens, and the encryption of a call on it. */
function call(provider: DaveProvider | false = new FakeProvider()) {
  const slot = new MediaSlot(asyncScheduler);
  const sent: WireMessage[] = [];
  const logged: LogEntry[] = [];
  const log = (entry: LogEntry): void => void logged.push(entry);
  const outbox = new Outbox(slot);
  const roster = new Roster(SERVER.userId, { onMembers: () => e2ee.membersChanged(), onSpeaking: () => undefined, onIgnored: () => undefined });
  const fail = (error: unknown): void => slot.fail(error);
  const e2ee = new E2ee({ provider, required: false, ids: SERVER, call: roster, outbox, time: slot, log, fail });
  slot.read({
    frame: (frame) => {
      roster.frame(frame);
      outbox.frame(frame);
      e2ee.frame(frame);
    },
  });
  const control = new Control(
    { messages$: new Subject(), send: (message) => void sent.push(message), drop: () => undefined },
    { version: 8, log: () => undefined },
  );
  slot.connect(control);
  const json = (op: number, d: unknown): void => control.frames$.next({ kind: 'json', op, d, seq: undefined });
  const binary = (op: number, ...body: readonly number[]): void => control.receive(encodeServerBinary(op, Uint8Array.from(body), 1));
  json(VoiceOp.Ready, {});
  const join = (): void => {
    json(VoiceOp.ClientsConnect, { user_ids: ['40'] });
    e2ee.describe(1);
    binary(VoiceOp.MlsExternalSender, ...SENDER);
    binary(VoiceOp.MlsWelcome, 0, 0, ...into(1, 30, 40));
  };
  return { slot, e2ee, sent, logged, json, binary, join };
}

describe('the end-to-end encryption of a media session', () => {
  it('has no cipher while the call is plain, and one from the first sign of a change on', () => {
    const { e2ee, json } = call();
    expect(e2ee.cipher).toBeNull();
    e2ee.describe(0);
    expect(e2ee.cipher).toBeNull();
    json(VoiceOp.DavePrepareEpoch, { protocol_version: 1, epoch: 1 });
    expect(e2ee.cipher).not.toBeNull();
    expect(e2ee.cipher!.decrypt('40', encrypted(1, testFrame(1)))).toBe('unknownUser');
    expect(e2ee.counts).toMatchObject({ unknownUser: 0 });
    e2ee.cipher!.refused('unknownUser');
    expect(e2ee.counts).toMatchObject({ unknownUser: 1 });
  });

  it('tells what changes, and only that', () => {
    const { e2ee, join, json } = call();
    const told: unknown[] = [];
    e2ee.state$.subscribe(({ version, status, epoch }) => told.push([version, status, epoch]));
    e2ee.sendable$.subscribe((sendable) => told.push(sendable));
    e2ee.ready$.subscribe({ next: () => told.push('ready'), complete: () => told.push('complete') });
    join();
    json(VoiceOp.ClientsConnect, { user_ids: ['40'] });
    json(VoiceOp.ClientDisconnect, { user_id: '99' });
    expect(told).toEqual([
      [0, 'plain', null], false, [1, 'forming', null], [1, 'secure', 1], true, 'ready', 'complete',
    ]); // prettier-ignore
  });

  it('verifies members, and answers null for whom it cannot', async () => {
    const { e2ee, join } = call();
    expect(await firstValueFrom(e2ee.verify('40'))).toBeNull();
    join();
    expect(await firstValueFrom(e2ee.verify('40'))).toBe('1'.repeat(45));
    expect(await firstValueFrom(e2ee.verify('50'))).toBeNull();
  });

  it('logs what it ignores, by opcode', () => {
    const { binary, logged, join } = call();
    join();
    binary(VoiceOp.MlsProposals, 9);
    expect(logged).toEqual([{ type: 'ignored', what: 'opcode 27', reason: 'the operation is neither append nor revoke' }]);
  });

  it('tries again by the clock of the session, and not after the slot is released', () => {
    for (const released of [false, true])
      virtualTime(({ flush }) => {
        const { slot, binary, join, sent } = call();
        join();
        for (let i = 0; i <= RECOVERY_LIMIT; i += 1) binary(VoiceOp.MlsWelcome, 0, 7, 9);
        const before = sent.length;
        if (released) slot.release();
        flush();
        expect(sent.length - before).toBe(released ? 0 : 2);
        expect(asyncScheduler.now()).toBe(released ? 0 : 30_000);
      });
  });

  it('makes a failure of the provider a fault of the slot', () => {
    const { slot, e2ee } = call();
    const faults: unknown[] = [];
    slot.faults$.subscribe((fault) => faults.push(fault));
    e2ee.describe(9);
    expect(faults).toEqual([expect.objectContaining({ code: 'unsupported', what: 'dave' })]);
  });
});

describe('without a provider', () => {
  it('a plain call is ready', async () => {
    const { e2ee, slot } = call(false);
    const faults: unknown[] = [];
    slot.faults$.subscribe((fault) => faults.push(fault));
    e2ee.describe(0);
    expect(e2ee.cipher).toBeNull();
    expect(await firstValueFrom(e2ee.sendable$)).toBe(true);
    expect(await firstValueFrom(e2ee.state$)).toMatchObject({ version: 0, status: 'plain' });
    expect(await firstValueFrom(e2ee.verify('40'))).toBeNull();
    await firstValueFrom(e2ee.ready$);
    expect(faults).toEqual([]);
  });

  it('any other is an error, and what would make one of it later is ignored', () => {
    const { e2ee, slot } = call(false);
    const faults: unknown[] = [];
    slot.faults$.subscribe((fault) => faults.push(fault));
    e2ee.describe(1);
    expect(faults).toEqual([expect.objectContaining({ code: 'unsupported', what: 'dave' })]);
    expect(String(faults[0])).toMatch(/no DaveProvider was given as `dave`/);

    const { e2ee: plain, json, logged } = call(false);
    plain.describe(0);
    json(VoiceOp.DavePrepareEpoch, { protocol_version: 1, epoch: 1 });
    json(VoiceOp.DavePrepareTransition, { protocol_version: 1, transition_id: 3 });
    expect(plain.cipher).toBeNull();
    expect(logged.map((entry) => entry.type === 'ignored' && entry.what)).toEqual(['opcode 24', 'opcode 21']);
  });
});
