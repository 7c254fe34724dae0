/** The option `e2ee: 'required'`, against a server that would have it otherwise. */
import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$ } from '../../src/index.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { others, story, welcome, type DaveServer, type Story } from '../support/dave-story.js';
import { IDS, world } from '../support/virtual-time.js';
import { SENDER } from '../unit/driver/dave/fake-provider.js';

const WITHHELD = "health the call is not end-to-end encrypted, and the option e2ee is 'required'";

/** What is told and heard, without what leads to it. */
function required(parts: Story, act: (server: DaveServer) => void): string[] {
  const lines = story({ health: true, ...parts, options: { e2ee: 'required' } }, act);
  expect(lines.filter((line) => line.includes('in the clear'))).toEqual([]);
  return lines.filter((line) => !/silence|> | ended|connecting/.test(line)).map((line) => line.replace(/ t\d+/, ''));
}

const upgrade = (server: DaveServer, at: number, epoch: number): void => {
  timer(at).subscribe(() => server.json(VoiceOp.DavePrepareEpoch, { protocol_version: 1, epoch: 1 }));
  timer(at + 10).subscribe(() => server.binary(VoiceOp.MlsExternalSender, ...SENDER));
  timer(at + 20).subscribe(() => welcome(server, 6, epoch));
  timer(at + 30).subscribe(() => server.json(VoiceOp.DaveExecuteTransition, { transition_id: 6 }));
};

describe("e2ee: 'required'", () => {
  it('a call that is plain from the start, as a stage channel: ready, and the song waits; nothing leaves, not even after an hour', () => {
    const lines = required({ version: 0, until: 3_600_000 }, () => undefined);
    expect(lines.slice(0, 4)).toEqual(['60 ready v0', '60 e2ee v0 withheld null', `60 ${WITHHELD}`, '60 suspended']);
    expect(lines.slice(4).filter((line) => /rtp|started/.test(line))).toEqual([]);
  });

  it('no datagram of audio leaves a plain call, nor silence', () => {
    const lines = story({ version: 0, until: 1_000, options: { e2ee: 'required' } }, () => undefined);
    expect(lines.filter((line) => line.includes('rtp'))).toEqual([]);
  });

  it('a plain call that is upgraded: the song begins', () => {
    const lines = required({ version: 0, until: 400, frames: 2 }, (server) => {
      timer(50).subscribe(() => server.json(VoiceOp.ClientsConnect, { user_ids: ['40'] }));
      upgrade(server, 100, 3);
    });
    expect(lines).toEqual([
      '60 ready v0', '60 e2ee v0 withheld null', `60 ${WITHHELD}`, '60 suspended',
      '130 resumed', '130 health ready', '130 e2ee v1 secure 3', '130 started',
      '130 rtp frame 0 of epoch 3', '150 rtp frame 1 of epoch 3', '170 finished',
    ]); // prettier-ignore
  });

  it.each([
    ['a downgrade with notice', (server: DaveServer) => {
      timer(115).subscribe(() => server.json(VoiceOp.DavePrepareTransition, { protocol_version: 0, transition_id: 5 }));
      timer(125).subscribe(() => server.json(VoiceOp.DaveExecuteTransition, { transition_id: 5 }));
    }],
    ['one without', (server: DaveServer) => void timer(125).subscribe(() => server.json(VoiceOp.DavePrepareTransition, { protocol_version: 0, transition_id: 0 }))],
  ])('%s in mid-song: the song is held, and goes on after the upgrade where it was', (_, downgrade) => {
    const lines = required({ until: 500, frames: 4 }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      downgrade(server);
      upgrade(server, 200, 4);
    });
    expect(lines).toEqual([
      '90 ready v1', '90 e2ee v1 secure 1', '90 health ready', '90 started',
      '90 rtp frame 0 of epoch 1', '110 rtp frame 1 of epoch 1',
      '125 suspended', `125 ${WITHHELD}`, '125 e2ee v0 withheld null',
      '230 resumed', '230 health ready', '230 e2ee v1 secure 4',
      '230 rtp frame 2 of epoch 4', '250 rtp frame 3 of epoch 4', '270 finished',
    ]); // prettier-ignore
  });

  it('with dave: false is an option that cannot be: told before anything is sent', () => {
    const { voice, options } = world();
    const sent: unknown[] = [];
    const errors: unknown[] = [];
    voice.commands$.subscribe((command) => sent.push(command));
    connectVoice$(voice.gateway, IDS, { ...options, dave: false, e2ee: 'required' }).subscribe({ error: (error: unknown) => errors.push(error) });
    expect([errors, sent]).toEqual([[expect.objectContaining({ code: 'options', option: 'e2ee' })], []]);
  });
});
