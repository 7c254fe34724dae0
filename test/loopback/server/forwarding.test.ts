import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { firstValueFrom, take, toArray } from 'rxjs';
import { ENCRYPTION_MODES } from '../../../src/protocol/encryption-modes.js';
import { isAudio, RawVoiceClient } from '../../support/raw-voice-client.js';
import { ALICE, BOB, CAROL, join, keep, nextEvent, OTHER_CHANNEL, serve } from './stage.js';

/** Header bytes as sent, and a payload, from hex with blanks. `SSRC` stands for the sender's. */
function bytes(hex: string, client: RawVoiceClient): Uint8Array {
  const text = hex.replace('SSRC', client.ssrc.toString(16).padStart(8, '0')).replaceAll(' ', '');
  return new Uint8Array(Buffer.from(text, 'hex'));
}

describe('audio', () => {
  for (const from of ENCRYPTION_MODES) {
    it(`from ${from} reaches members of every mode, byte for byte`, async () => {
      const server = await serve({ modes: ENCRYPTION_MODES });
      const sender = await join(server, ALICE, { mode: from });
      const receivers = await Promise.all(
        ENCRYPTION_MODES.map((mode, index) => join(server, String(4_000 + index), { mode })),
      );
      const rtpSize = from.endsWith('_rtpsize');
      // P, X with one word, CC 1, marker; then the CSRC and the extension's preamble.
      const fixed = bytes('b1f8 0007 00000800 SSRC', sender);
      const rest = bytes('0000002a bede0001', sender);
      const body = bytes('10ff0000 aabbcc 000003', sender);
      const whole = Buffer.concat([fixed, rest, body]);
      sender.sendDatagram(
        rtpSize
          ? sender.audio({ sequence: 0, header: Buffer.concat([fixed, rest]), payload: body })
          : sender.audio({ sequence: 0, header: fixed, payload: Buffer.concat([rest, body]) }),
      );
      for (const receiver of receivers) {
        const clear = receiver.description!.mode.endsWith('_rtpsize') ? 20 : 12;
        const opened = receiver.openAudio(await receiver.datagram(isAudio), clear);
        expect(Buffer.concat([opened.header, opened.body])).toEqual(whole);
      }
    });
  }

  it('is published without extension and padding', async () => {
    const server = await serve({ now: () => 7 });
    const sender = await join(server);
    const three = firstValueFrom(server.packets$.pipe(take(3), toArray()));
    const header = bytes('b1f8 0007 00000800 SSRC 0000002a bede0001', sender);
    sender.sendDatagram(sender.audio({ sequence: 0, header, payload: bytes('10ff0000 aabbcc 000003', sender) }));
    const padded = bytes('a078 0008 00000bc0 SSRC', sender);
    sender.sendDatagram(sender.audio({ sequence: 0, header: padded, payload: bytes('000003', sender) }));
    sender.sendDatagram(sender.audio({ sequence: 9, payload: bytes('f8fffe', sender) }));
    const packets = await three;
    const got = packets.map(({ sequence, marker, payload }) => [sequence, marker, Buffer.from(payload).toString('hex')]);
    expect(got).toEqual([
      [7, true, 'aabbcc'], [8, false, ''], [9, false, 'f8fffe'],
    ]); // prettier-ignore
    expect(packets[0]).toMatchObject({ timestamp: 2_048, ssrc: sender.ssrc, arrival: 7 });
  });

  it('goes to the others of the channel only, in order, counted from 0 for each', async () => {
    const server = await serve();
    const [alice, bob, carol] = [await join(server, ALICE), await join(server, BOB), await join(server, CAROL)];
    const away = await join(server, '5000', { channelId: OTHER_CHANNEL });
    for (let sequence = 0; sequence < 3; sequence++)
      alice.sendDatagram(alice.audio({ sequence, payload: Uint8Array.of(sequence) }));
    for (const receiver of [bob, carol]) {
      for (let index = 0; index < 3; index++) {
        const datagram = await receiver.datagram(isAudio);
        expect(receiver.openAudio(datagram).body).toEqual(Uint8Array.of(index));
        expect(datagram.readUInt32BE(8)).toBe(alice.ssrc);
        expect(datagram.readUInt32LE(datagram.length - 4)).toBe(index);
      }
    }
    await away.discover();
    await alice.discover();
    expect([...away.datagrams, ...alice.datagrams].filter(isAudio)).toEqual([]);
    expect(server.counters).toMatchObject({ accepted: 3, forwarded: 6 });
  });

  it('follows a client that discovers itself at another address', async () => {
    const server = await serve();
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    const old = alice.udp!;
    old.removeAllListeners('message');
    await alice.bind();
    await alice.discover();
    bob.sendDatagram(bob.audio({ sequence: 1, payload: Uint8Array.of(1) }));
    expect(alice.openAudio(await alice.datagram(isAudio)).body).toEqual(Uint8Array.of(1));
    alice.sendDatagram(alice.audio({ sequence: 2, payload: Uint8Array.of(2) }));
    expect(bob.openAudio(await bob.datagram(isAudio)).body).toEqual(Uint8Array.of(2));
    const foreign = nextEvent(server, 'bad-datagram');
    old.send(alice.audio({ sequence: 3, payload: Uint8Array.of(3) }), alice.ready!.port, alice.ready!.ip);
    expect(await foreign).toMatchObject({ reason: 'foreign-address' });
    old.close();
  });

  it('goes where Select Protocol said, even if that is wrong', async () => {
    const server = await serve();
    const [alice, bob, carol] = [await join(server, ALICE), await join(server, BOB), await join(server, CAROL)];
    await bob.select('aead_aes256_gcm_rtpsize', { address: '127.0.0.1', port: carol.udp!.address().port });
    alice.sendDatagram(alice.audio({ sequence: 1, payload: Uint8Array.of(1) }));
    const [one, two] = [await carol.datagram(isAudio), await carol.datagram(isAudio)];
    expect([carol.seal!.open(one, 12), carol.seal!.open(two, 12)].filter((body) => body === undefined).length).toBe(1);
  });

  it('of any bytes arrives as those bytes', async () => {
    const server = await serve({ modes: ENCRYPTION_MODES });
    const alice = await join(server, ALICE, { mode: 'aead_xchacha20_poly1305_rtpsize' });
    const receivers = [
      await join(server, BOB, { mode: 'aead_xchacha20_poly1305_rtpsize' }),
      await join(server, CAROL, { mode: 'xsalsa20_poly1305_suffix' }),
    ];
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 1_300 }), fc.nat(0xffff), async (payload, sequence) => {
        alice.sendDatagram(alice.audio({ sequence, payload }));
        for (const receiver of receivers) {
          const { header, body } = receiver.openAudio(await receiver.datagram(isAudio));
          expect(body).toEqual(payload);
          expect((header[2]! << 8) | header[3]!).toBe(sequence);
        }
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});

describe('datagrams that are no good', () => {
  it('are counted by what is wrong with them', async () => {
    const server = await serve();
    const [alice, bob] = [await join(server, ALICE), await join(server, BOB)];
    const good = alice.audio({ sequence: 1, payload: Uint8Array.of(1) });
    const tampered = alice.audio({ sequence: 2, payload: Uint8Array.of(1) });
    tampered[13]! ^= 1;
    const foreign = nextEvent(server, 'bad-datagram');
    bob.sendDatagram(good);
    expect(await foreign).toMatchObject({ reason: 'foreign-address', ssrc: alice.ssrc, userId: ALICE });
    alice.sendDatagram(tampered);
    const nobody = keep(await RawVoiceClient.open(server.endpoint));
    await nobody.bind();
    nobody.ready = alice.ready;
    const malformed = nextEvent(server, 'bad-datagram');
    nobody.sendDatagram(Buffer.alloc(30, 1));
    expect(await malformed).toMatchObject({ reason: 'malformed', userId: null });
    const ofNobody = Uint8Array.of(0x80, 0x78, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff);
    alice.sendDatagram(Buffer.concat([ofNobody, new Uint8Array(30)]));
    alice.sendDatagram(Buffer.concat([Uint8Array.of(0x80, 200, 0, 1), new Uint8Array(30)]));
    alice.sendDatagram(Buffer.concat([Uint8Array.of(0x80, 96), new Uint8Array(30)]));
    alice.sendDatagram(good);
    await bob.datagram(isAudio);
    expect(server.counters).toMatchObject({
      accepted: 1, foreign: 1, undecryptable: 1, malformed: 1, unknownSsrc: 1, ignored: 2,
    }); // prettier-ignore
  });

  it('too early for a key are counted, and discovery of nobody is not answered', async () => {
    const server = await serve();
    const alice = await join(server, ALICE);
    const stranger = await join(server, BOB);
    stranger.ready = { ...stranger.ready!, ssrc: 1 };
    const ignored = nextEvent(server, 'bad-datagram');
    void stranger.discover();
    expect(await ignored).toMatchObject({ reason: 'unknown-ssrc', ssrc: 1 });
    await alice.discover();
    expect(server.counters.discoveries).toBe(3);
  });

  it('that are keepalives or pings come back', async () => {
    const server = await serve();
    const alice = await join(server, ALICE);
    alice.sendDatagram(Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0));
    expect([...(await alice.datagram((d) => d.length === 8))]).toEqual([5, 0, 0, 0, 0, 0, 0, 0]);
    alice.sendDatagram(Uint8Array.of(0x13, 0x37, 0xca, 0xfe, 0, 0, 1, 2));
    expect([...(await alice.datagram((d) => d.length === 8))]).toEqual([0x13, 0x37, 0xf0, 0x0d, 0, 0, 1, 2]);
    expect(server.counters.keepalives).toBe(2);
  });
});
