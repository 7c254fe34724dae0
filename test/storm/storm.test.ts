/** Tests the storm itself: its accounts detect errors, and its commands print their usage. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { testFrame } from '../../src/testing/index.js';
import { Ledger } from './ledger.mjs';

const run = promisify(execFile);
const SSRC = 0xffff_fff0;
const FRAMES = 5;
const packet = (sequence: number, index = sequence) => ({ ssrc: SSRC, sequence, payload: testFrame(index) });

/** A ledger of five frames, sent 20 ms apart, with RTP sequences equal to their numbers. */
function ledgerOf(): Ledger {
  const ledger = new Ledger({ readable: true });
  for (let index = 0; index < FRAMES; index++) {
    ledger.datagram(SSRC, index, 1_000 + 20 * index);
    ledger.sent({ sequence: index, position: 20 * index });
  }
  return ledger;
}

describe("a storm's accounts", () => {
  it('are whole where every frame arrived, or is lost in a way that is known', () => {
    const ledger = ledgerOf();
    for (const sequence of [0, 2]) ledger.accepted(packet(sequence));
    ledger.fate(SSRC, 1, 'drop');
    ledger.ended({ ssrc: SSRC }, 1_050);
    for (let i = 0; i < 2; i++) ledger.refused({ reason: 'unknown-ssrc', ssrc: SSRC });
    expect(ledger.audit()).toMatchObject({ sent: 5, arrived: 2, lostByRule: 1, unheard: 2, unaccounted: 0, violations: [] });
  });

  it('take what is sent to a closed port for lost', () => {
    const ledger = ledgerOf();
    ledger.window(1_000, 1_100);
    expect(ledger.audit()).toMatchObject({ deaf: 5, unaccounted: 0, violations: [] });
  });

  const wrongs: [what: string, wrong: (ledger: Ledger) => void, violation: RegExp][] = [
    ['a frame is gone', (ledger) => [0, 1, 3, 4].forEach((n) => ledger.accepted(packet(n))), /sequence 2 is missing, and later ones came/],
    ['the last is gone', (ledger) => [0, 1, 2, 3].forEach((n) => ledger.accepted(packet(n))), /1 datagrams vanished/],
    ['one comes twice', (ledger) => [0, 1, 2, 2, 3, 4].forEach((n) => ledger.accepted(packet(n))), /frame 2 arrived twice/],
    ['two change places', (ledger) => [0, 2, 1, 3, 4].forEach((n) => ledger.accepted(packet(n))), /frame 1 arrived after frame 2/],
    ['one comes as another', (ledger) => [0, 1, 2, 3, 4].forEach((n) => ledger.accepted(packet(n, n === 3 ? 2 : n))), /frame 3 arrived as 2/],
    ['one comes that was never sent', (ledger) => [0, 1, 2, 3, 4, 5].forEach((n) => ledger.accepted(packet(n))), /5 arrived and was never sent/],
    ['a frame is left out', (ledger) => ledger.sent({ sequence: 4, position: 120 }), /frame 6 was sent where 5 was due/],
    ['a sequence is used again', (ledger) => ledger.datagram(SSRC, 4, 1_100), /sequence 4 was sent twice/],
    ['a datagram is refused for another reason', (ledger) => ledger.refused({ reason: 'undecryptable', ssrc: SSRC }), /was undecryptable/],
    ['one is heard twice', (ledger) => [0, 1, 1].forEach((n) => ledger.heard(SSRC, n, testFrame(n))), /frame 1 was heard twice/],
    ['one is heard late', (ledger) => [1, 0].forEach((n) => ledger.heard(SSRC, n, testFrame(n))), /frame 0 was heard after 1/],
    ['one is heard as another', (ledger) => ledger.heard(SSRC, 1, testFrame(2)), /frame 1 was heard as 2/],
  ]; // prettier-ignore
  it.each(wrongs)('tell when %s', (_, wrong, violation) => {
    const ledger = ledgerOf();
    wrong(ledger);
    expect(ledger.audit().violations).toContainEqual(expect.stringMatching(violation));
  });
});

describe('the commands', () => {
  it.each([
    ['run.mjs', ['--faults', '0'], 'usage: npm run storm'],
    ['run.mjs', ['--seed', 'x'], 'usage: npm run storm'],
    ['run.mjs', ['--server', 'afterCrash'], 'usage: npm run storm'],
    ['../soak/run.mjs', ['--sessions', '1'], 'usage: npm run soak'],
    ['../soak/run.mjs', ['--minutes', 'long'], 'usage: npm run soak'],
  ])('%s %j says what it takes', async (script, args, usage) => {
    const path = fileURLToPath(new URL(script, import.meta.url));
    await expect(run(process.execPath, [path, ...args])).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining(usage) });
  });
});
