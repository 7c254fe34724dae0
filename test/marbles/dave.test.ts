import { timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { VoiceUnsupportedError } from '../../src/errors.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { others, story, welcome, type DaveServer } from '../support/dave-story.js';
import { FakeProvider, into, SENDER } from '../unit/driver/dave/fake-provider.js';

describe('a call that is end-to-end encrypted', () => {
  it('is ready when frames can be encrypted, and not before', () => {
    const lines = story({ until: 300 }, (server) => {
      others(server);
      timer(80).subscribe(() => server.binary(VoiceOp.MlsProposals, 0, 2));
      timer(90).subscribe(() => welcome(server, 0, 1));
    });
    expect(lines).toEqual([
      '60 > 26', '60 connecting dave', '80 > 28',
      '90 > 5 speaking 0', '90 ready v1', '90 e2ee v1 secure 1',
      '90 > 5 speaking 1', '90 started', '90 rtp t0 frame 0 of epoch 1',
      '110 rtp t960 frame 1 of epoch 1', '130 rtp t1920 frame 2 of epoch 1', '150 finished',
      '150 rtp t2880 silence', '170 rtp t3840 silence', '190 rtp t4800 silence', '210 rtp t5760 silence', '230 rtp t6720 silence',
      '230 > 5 speaking 0', '300 ended',
    ]); // prettier-ignore
  });

  it('a group that is not made in time is an error of the stage dave', () => {
    const lines = story({ until: 100_000, options: { recovery: () => ({ action: 'fail' }) } }, others);
    expect(lines.slice(0, 3)).toEqual([
      '60 > 26', '60 connecting dave',
      expect.stringMatching(/^10060 VoiceTimeoutError: voice stage 'dave' took more than 10000 ms/),
    ]); // prettier-ignore
  });

  it('goes from epoch to epoch without a frame lost or late', () => {
    const lines = story({ until: 250, frames: 6 }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      timer(125).subscribe(() => server.binary(VoiceOp.MlsAnnounceCommit, 0, 5, ...into(2, 30, 40, 50)));
      timer(140).subscribe(() => server.json(VoiceOp.DaveExecuteTransition, { transition_id: 5 }));
    });
    expect(lines.filter((line) => /frame|e2ee|> 2/.test(line))).toEqual([
      '60 > 26', '90 e2ee v1 secure 1', '90 rtp t0 frame 0 of epoch 1', '110 rtp t960 frame 1 of epoch 1',
      '125 > 23 5', '125 e2ee v1 secure 2',
      '130 rtp t1920 frame 2 of epoch 2', '150 rtp t2880 frame 3 of epoch 2', '170 rtp t3840 frame 4 of epoch 2',
      '190 rtp t4800 frame 5 of epoch 2',
    ]); // prettier-ignore
  });

  it('holds what plays while the group is made anew, and goes on where it was', () => {
    const lines = story({ until: 400, frames: 4 }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      timer(115).subscribe(() => server.binary(VoiceOp.MlsAnnounceCommit, 0, 7, 9));
      timer(200).subscribe(() => welcome(server, 8, 3));
    });
    expect(lines.filter((line) => !line.includes('silence'))).toEqual([
      '60 > 26', '60 connecting dave', '90 > 5 speaking 0', '90 ready v1', '90 e2ee v1 secure 1', '90 > 5 speaking 1', '90 started',
      '90 rtp t0 frame 0 of epoch 1', '110 rtp t960 frame 1 of epoch 1',
      '115 > 31 7', '115 > 26', '115 > 5 speaking 0', '115 suspended', '115 e2ee v1 forming null',
      '200 > 23 8', '200 > 5 speaking 0', '200 resumed', '200 e2ee v1 secure 3', '200 > 5 speaking 1',
      // The timestamp advances by the 90 ms that passed since frame 1, not by 20.
      '200 rtp t5280 frame 2 of epoch 3', '220 rtp t6240 frame 3 of epoch 3', '240 finished', '320 > 5 speaking 0', '400 ended',
    ]); // prettier-ignore
  });

  it('alone: ready at once, and the song waits for somebody to hear it', () => {
    const lines = story({ until: 400, frames: 2 }, (server) => {
      timer(70).subscribe(() => server.binary(VoiceOp.MlsExternalSender, ...SENDER));
      timer(200).subscribe(() => server.json(VoiceOp.ClientsConnect, { user_ids: ['40'] }));
      timer(210).subscribe(() => server.binary(VoiceOp.MlsProposals, 0, 2));
      timer(220).subscribe(() => server.binary(VoiceOp.MlsAnnounceCommit, 0, 0, ...into(1, 30, 40)));
    });
    expect(lines.filter((line) => !line.includes('silence'))).toEqual([
      '60 > 26', '60 connecting dave', '70 ready v1', '70 e2ee v1 alone null', '70 suspended',
      '200 e2ee v1 forming null', '210 > 28',
      '220 > 5 speaking 0', '220 resumed', '220 e2ee v1 secure 1', '220 > 5 speaking 1', '220 started',
      '220 rtp t0 frame 0 of epoch 1', '240 rtp t960 frame 1 of epoch 1', '260 finished', '340 > 5 speaking 0', '400 ended',
    ]); // prettier-ignore
  });

  it("alone, with whenSuspended 'skip': the song goes by unheard, and who comes hears it where it is", () => {
    const lines = story({ until: 300, frames: 8, play: { whenSuspended: 'skip' } }, (server) => {
      timer(70).subscribe(() => server.binary(VoiceOp.MlsExternalSender, ...SENDER));
      timer(140).subscribe(() => server.json(VoiceOp.ClientsConnect, { user_ids: ['40'] }));
      timer(145).subscribe(() => server.binary(VoiceOp.MlsAnnounceCommit, 0, 0, ...into(1, 30, 40)));
    });
    // Frame 0 was due at 70, frame 4 is sent at 150.
    expect(lines.filter((line) => line.includes('frame')).map((line) => line.replace(/ t\d+/, ''))).toEqual([
      '150 rtp frame 4 of epoch 1', '170 rtp frame 5 of epoch 1', '190 rtp frame 6 of epoch 1', '210 rtp frame 7 of epoch 1',
    ]); // prettier-ignore
  });

  it('everybody leaves, and somebody comes back: the sole reset', () => {
    const lines = story({ until: 500, frames: 4 }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      timer(120).subscribe(() => server.json(VoiceOp.ClientDisconnect, { user_id: '40' }));
      timer(125).subscribe(() => server.json(VoiceOp.DavePrepareEpoch, { protocol_version: 1, epoch: 1 }));
      timer(125).subscribe(() => server.json(VoiceOp.DavePrepareTransition, { protocol_version: 1, transition_id: 0 }));
      timer(300).subscribe(() => server.json(VoiceOp.ClientsConnect, { user_ids: ['40'] }));
      timer(310).subscribe(() => welcome(server, 0, 1));
    });
    expect(lines.filter((line) => /^(12|3)\d+ /.test(line) && !line.includes('silence'))).toEqual([
      '125 > 26', '125 > 5 speaking 0', '125 suspended', '125 e2ee v1 alone null',
      '300 e2ee v1 forming null', '310 > 5 speaking 0', '310 resumed', '310 e2ee v1 secure 1', '310 > 5 speaking 1',
      '310 rtp t10560 frame 2 of epoch 1', '330 rtp t11520 frame 3 of epoch 1', '350 finished',
    ]); // prettier-ignore
  });

  it('a downgrade, and the upgrade after it: no frame lost, none in the clear but at version 0', () => {
    const lines = story({ until: 400, frames: 9 }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      timer(115).subscribe(() => server.json(VoiceOp.DavePrepareTransition, { protocol_version: 0, transition_id: 5 }));
      timer(145).subscribe(() => server.json(VoiceOp.DaveExecuteTransition, { transition_id: 5 }));
      timer(175).subscribe(() => server.json(VoiceOp.DavePrepareEpoch, { protocol_version: 1, epoch: 1 }));
      timer(195).subscribe(() => welcome(server, 6, 4));
      timer(225).subscribe(() => server.json(VoiceOp.DaveExecuteTransition, { transition_id: 6 }));
    });
    expect(lines.filter((line) => /frame|e2ee|> 2|suspended/.test(line)).map((line) => line.replace(/ t\d+/, ''))).toEqual([
      '60 > 26', '90 e2ee v1 secure 1', '90 rtp frame 0 of epoch 1', '110 rtp frame 1 of epoch 1',
      '115 > 23 5', '130 rtp frame 2 of epoch 1',
      '145 e2ee v0 plain null', '150 rtp frame 3 in the clear', '170 rtp frame 4 in the clear',
      '175 > 26', '190 rtp frame 5 in the clear', '195 > 23 6', '210 rtp frame 6 in the clear',
      '225 e2ee v1 secure 4', '230 rtp frame 7 of epoch 4', '250 rtp frame 8 of epoch 4',
    ]); // prettier-ignore
  });

  it('lives on through a resume: transitions among the replays count, and what could not be said is said then', () => {
    const lines = story({ until: 400, frames: 8 }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      timer(125).subscribe(() => server.voice.close(1006));
      // The new WebSocket is open at 135, Resumed comes at 145. The server replays messages before it sends Resumed.
      timer(140).subscribe(() => server.binary(VoiceOp.MlsAnnounceCommit, 0, 5, ...into(2, 30, 40)));
      timer(141).subscribe(() => server.json(VoiceOp.DaveExecuteTransition, { transition_id: 5 }));
    });
    expect(lines.filter((line) => /frame|e2ee|> 2|resum|ready|suspended/.test(line)).map((line) => line.replace(/ t\d+/, ''))).toEqual([
      '60 > 26', '90 ready v1', '90 e2ee v1 secure 1', '90 rtp frame 0 of epoch 1', '110 rtp frame 1 of epoch 1',
      '125 resuming', '130 rtp frame 2 of epoch 1', '140 e2ee v1 secure 2', '145 > 23 5', '145 ready v1',
      '150 rtp frame 3 of epoch 2', '170 rtp frame 4 of epoch 2', '190 rtp frame 5 of epoch 2',
      '210 rtp frame 6 of epoch 2', '230 rtp frame 7 of epoch 2',
    ]); // prettier-ignore
  });

  it.each([
    ['of a new group', (server: DaveServer) => server.json(VoiceOp.DavePrepareEpoch, { protocol_version: 1, epoch: 1 }), ['26']],
    ['after a bad commit, with the word that it was bad', (server: DaveServer) => server.binary(VoiceOp.MlsAnnounceCommit, 0, 7, 9), ['31 7', '26']],
  ])('a key package %s, lost with its WebSocket, is sent again as soon as the resume is through, and the song goes on', (_, act, asked) => {
    const lines = story({ until: 400, frames: 4 }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      timer(115).subscribe(() => act(server));
      // What was sent at 115 went into a dead socket and never reaches the server.
      timer(116).subscribe(() => server.voice.close(1006));
      timer(160).subscribe(() => welcome(server, 0, 3));
    });
    expect(lines.filter((line) => /> (26|31)|resuming|ready|secure|forming/.test(line))).toEqual([
      '60 > 26', '90 ready v1', '90 e2ee v1 secure 1',
      ...asked.map((line) => `115 > ${line}`), '115 e2ee v1 forming null', '116 resuming',
      ...asked.map((line) => `136 > ${line}`), '136 ready v1', '160 e2ee v1 secure 3',
    ]); // prettier-ignore
    expect(lines.filter((line) => line.includes('frame')).length).toBe(4);
  });

  it('a new Identify begins a new group, and nothing of the old one goes on', () => {
    const provider = new FakeProvider();
    const lines = story({ until: 400, frames: 10, provider }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      timer(115).subscribe(() => server.voice.dispatch('VOICE_SERVER_UPDATE', { guild_id: '10', token: 'new', endpoint: 'voice.test:443' }));
      timer(260).subscribe(() => server.binary(VoiceOp.MlsExternalSender, ...SENDER));
      timer(270).subscribe(() => server.json(VoiceOp.ClientsConnect, { user_ids: ['40'] }));
      timer(280).subscribe(() => welcome(server, 0, 2));
    });
    expect(provider.groups.length).toBe(2);
    expect(lines.filter((line) => /frame|e2ee|> 2|ready|reconnecting/.test(line)).map((line) => line.replace(/ t\d+/, ''))).toEqual([
      '60 > 26', '90 ready v1', '90 e2ee v1 secure 1', '90 rtp frame 0 of epoch 1', '110 rtp frame 1 of epoch 1',
      '130 rtp frame 2 of epoch 1', '150 rtp frame 3 of epoch 1', '170 rtp frame 4 of epoch 1', '190 rtp frame 5 of epoch 1',
      '210 rtp frame 6 of epoch 1', '215 reconnecting', '215 e2ee v1 forming null', '255 > 26', '260 ready v1', '260 e2ee v1 alone null', '270 e2ee v1 forming null',
      '280 e2ee v1 secure 2', '280 rtp frame 7 of epoch 2', '300 rtp frame 8 of epoch 2', '320 rtp frame 9 of epoch 2',
    ]); // prettier-ignore
  });
});

describe('a call that is not', () => {
  it.each([
    ['with a provider', new FakeProvider()],
    ['without one', false as const],
  ])('is plain and has no stage dave, %s', (_, provider) => {
    const lines = story({ until: 120, version: 0, provider, frames: 1 }, () => undefined);
    expect(lines.filter((line) => !line.includes('silence'))).toEqual([
      '60 > 5 speaking 0', '60 ready v0', '60 e2ee v0 plain null', '60 > 5 speaking 1', '60 started', '60 rtp t0 frame 0 in the clear',
      '80 finished', '120 ended',
    ]); // prettier-ignore
  });
});

describe('an opcode 4 that answers no Select Protocol', () => {
  const unasked = { mode: 'aead_aes256_gcm_rtpsize', secret_key: new Array(32).fill(9) };
  it.each([
    ['with version 0', { ...unasked, dave_protocol_version: 0 }],
    ['without a version', unasked],
    ['with the same version', { ...unasked, dave_protocol_version: 1 }],
    ['that is malformed', { mode: 7 }],
  ])('%s changes nothing: no frame in the clear, and the group stays', (_, description) => {
    const lines = story({ until: 300, frames: 4 }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      timer(115).subscribe(() => server.describe(description));
    });
    expect(lines.filter((line) => /frame|e2ee|> 26|ignored/.test(line))).toEqual([
      '60 > 26', '90 e2ee v1 secure 1', '90 rtp t0 frame 0 of epoch 1', '110 rtp t960 frame 1 of epoch 1',
      '115 ignored 4: no Select Protocol is unanswered',
      '130 rtp t1920 frame 2 of epoch 1', '150 rtp t2880 frame 3 of epoch 1',
    ]); // prettier-ignore
  });

  it('is as little before Select Protocol: the answer to it is the one that counts', () => {
    const lines = story({ until: 100 }, (server) => {
      timer(45).subscribe(() => server.describe({ ...unasked, dave_protocol_version: 0 }));
      others(server);
    });
    expect(lines).toEqual(['45 ignored 4: no Select Protocol is unanswered', '60 > 26', '60 connecting dave', '100 ended']);
  });
});

describe('who is in an encrypted call', () => {
  it('is who speaks, too: the song does not wait for opcode 11', () => {
    const lines = story({ until: 300, frames: 1 }, (server) => {
      timer(70).subscribe(() => server.binary(VoiceOp.MlsExternalSender, ...SENDER));
      timer(200).subscribe(() => server.json(VoiceOp.Speaking, { user_id: '40', ssrc: 5, speaking: 1 }));
      timer(220).subscribe(() => welcome(server, 0, 1));
    });
    expect(lines.filter((line) => /e2ee|frame/.test(line))).toEqual([
      '70 e2ee v1 alone null', '200 e2ee v1 forming null', '220 e2ee v1 secure 1', '220 rtp t0 frame 0 of epoch 1',
    ]); // prettier-ignore
  });
});

describe('a provider that is missing', () => {
  const missing = (): never => {
    throw new VoiceUnsupportedError('dave', 'install it');
  };

  it('false: the call that needs one is an error, not tried again', () => {
    const lines = story({ until: 10_000, provider: false }, others);
    expect(lines.at(-1)).toMatch(/^60 VoiceUnsupportedError: .*no DaveProvider was given/);
    expect(lines.filter((line) => line.includes('ready'))).toEqual([]);
  });

  it('cannot be loaded: an error before Identify is sent', () => {
    const provider = Object.defineProperty(new FakeProvider(), 'maxProtocolVersion', { get: missing });
    expect(story({ until: 10_000, provider }, others)[0]).toMatch(/^30 VoiceUnsupportedError: .*install it/);
  });

  it('fails when the group is opened: an error that holds its text', () => {
    const provider = Object.assign(new FakeProvider(), {
      open: () => {
        throw new Error('out of leaves');
      },
    });
    expect(story({ until: 10_000, provider }, others).at(-1)).toMatch(/^60 VoiceUnsupportedError: .*out of leaves/);
  });

  it('fails in the middle of the call: the same', () => {
    const provider = new FakeProvider();
    const lines = story({ until: 10_000, provider }, (server) => {
      others(server);
      timer(90).subscribe(() => welcome(server, 0, 1));
      timer(125).subscribe(() => {
        provider.open = missing;
        server.json(VoiceOp.DavePrepareEpoch, { protocol_version: 1, epoch: 1 });
      });
    });
    expect(lines.at(-1)).toMatch(/^125 VoiceUnsupportedError: .*install it/);
  });
});
