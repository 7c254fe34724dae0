/** The option `e2ee: 'required'`, against a server that wants something else. */
import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$ } from '../../src/index.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { others, story, welcome, type DaveServer, type Story } from '../support/dave-story.js';
import { IDS, world } from '../support/virtual-time.js';
import { SENDER } from '../unit/driver/dave/fake-provider.js';

const WITHHELD = "health the call is not end-to-end encrypted, and the option e2ee is 'required'";

/** What is reported and heard, without the events that lead to it. */
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
      '130 resumed', '130 ready v1', '130 e2ee v1 secure 3', '130 health ready', '130 started',
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
      '125 suspended', '125 ready v0', '125 e2ee v0 withheld null', `125 ${WITHHELD}`,
      '230 resumed', '230 ready v1', '230 e2ee v1 secure 4', '230 health ready',
      '230 rtp frame 2 of epoch 4', '250 rtp frame 3 of epoch 4', '270 finished',
    ]); // prettier-ignore
  });

  it('is moved from a voice channel to a stage, and back, in mid-song: nothing is heard in the stage, and the song is not a frame short', () => {
    const moveTo = (server: DaveServer, at: number, channel: string): void => {
      timer(at).subscribe(() => server.voice.dispatch('VOICE_STATE_UPDATE', { guild_id: '10', channel_id: channel, user_id: '30', session_id: 'session' }));
      timer(at).subscribe(() => server.voice.dispatch('VOICE_SERVER_UPDATE', { guild_id: '10', token: `of ${channel}`, endpoint: 'voice.test:443' }));
    };
    const lines = required({ version: [1, 0, 1], until: 2_000, frames: 6 }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      moveTo(server, 115, '21');
      moveTo(server, 600, '20');
      timer(1_000).subscribe(() => server.json(VoiceOp.ClientsConnect, { user_ids: ['40'] }));
      timer(1_010).subscribe(() => server.binary(VoiceOp.MlsExternalSender, ...SENDER));
      timer(1_020).subscribe(() => welcome(server, 0, 2));
    });
    const frames = lines.filter((line) => line.includes('frame')).map((line) => line.replace(/^\d+ rtp /, ''));
    expect(frames.map((frame) => frame.slice(0, 7))).toEqual([0, 1, 2, 3, 4, 5].map((i) => `frame ${i}`));
    expect(new Set(frames.map((frame) => frame.slice(8)))).toEqual(new Set(['of epoch 1', 'of epoch 2']));
    expect(lines.filter((line) => line.includes('e2ee')).map((line) => line.replace(/^\d+ /, ''))).toEqual(
      expect.arrayContaining(['e2ee v1 secure 1', 'e2ee v0 withheld null', 'e2ee v1 secure 2']),
    );
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
