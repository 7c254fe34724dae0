/** What a session receives, in virtual time: voice, RTCP and the statistics, from datagrams of a simulated voice server. */
import { describe, expect, it } from 'vitest';
import { asyncScheduler, map, merge, Subject, switchMap, takeUntil, timer } from 'rxjs';
import { connectVoice$, useSession, type VoiceOptions, type VoiceSession } from '../../src/index.js';
import { createSeal } from '../../src/crypto/seal.js';
import { testFrame } from '../../src/testing/index.js';
import { hex } from '../vectors/read-vectors.js';
import { encrypted, FakeProvider, into, SENDER } from '../unit/driver/dave/fake-provider.js';
import { packet, rtcp, RTPSIZE, type PacketParts } from '../unit/media/receive/receiver-stage.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

/** A world whose UDP socket also emits what is passed to `say`. Keys are those of the virtual voice server. */
function hearing(server: Parameters<typeof world>[0] = {}) {
  const { voice, options } = world(server);
  const said$ = new Subject<Uint8Array>();
  const transports: VoiceOptions['transports'] = {
    ...voice.transports,
    udp$: (address) => voice.transports.udp$(address).pipe(map((port) => ({ ...port, datagrams$: merge(port.datagrams$, said$) }))),
  };
  const seal = createSeal(RTPSIZE, new Uint8Array(32).fill(7), { counter: 0, random: (bytes) => new Uint8Array(bytes) });
  const send = (parts: PacketParts): void => said$.next(packet(RTPSIZE, { ...parts, seal }));
  const say = (sequence: number, ssrc = 5): void =>
    send({ ssrc, sequence, timestamp: sequence * 960, payload: testFrame(sequence), elements: hex('109e9001') });
  const report = (): void => said$.next(rtcp(hex('80c90001 00000005'), seal));
  return { voice, options: { ...options, transports }, send, say, report };
}

/** Runs a session for 10 s; `scene` is called when it is ready. */
function during(scene: (session: VoiceSession, call: ReturnType<typeof hearing>, at: (ms: number, act: () => void) => void) => void): void {
  virtualTime(({ flush }) => {
    const call = hearing();
    const stage$ = connectVoice$(call.voice.gateway, IDS, call.options).pipe(
      useSession((session) => {
        scene(session, call, (ms, act) => void timer(ms).subscribe(act));
        return timer(10_000);
      }),
    );
    stage$.subscribe();
    flush();
  });
}

describe('a session that listens', () => {
  it('hears who is known, with level and flags, and who is claimed later in order', () => {
    const heard: unknown[] = [];
    during((session, { voice, say }, at) => {
      session.receive().subscribe(({ userId, sequence, audioLevel, speaking, frame }) => {
        expect([...frame]).toEqual([...testFrame(sequence)]);
        heard.push([userId, sequence, audioLevel?.level, speaking]);
      });
      at(0, () => say(1));
      at(20, () => say(2));
      at(30, () => voice.say(5, { user_id: '44', ssrc: 5, speaking: 1 }));
      at(40, () => say(3));
    });
    expect(heard).toEqual([['44', 1, 30, 5], ['44', 2, 30, 5], ['44', 3, 30, 5]]); // prettier-ignore
  });

  it('is given RTCP, and completes both with the session', () => {
    const heard: unknown[] = [];
    during((session, { report }, at) => {
      at(0, report);
      at(10, () => session.rtcp$.subscribe({ next: (one) => heard.push(one), complete: () => heard.push('complete') }));
      at(20, report);
    });
    expect(heard).toEqual([{ type: 'receiver-report', ssrc: 5, reports: [] }, 'complete']);
  });

  it('tells how it receives; to be told switches nothing on', () => {
    const told: unknown[] = [];
    during((session, { voice, say, report }, at) => {
      voice.say(5, { user_id: '44', ssrc: 5, speaking: 1 });
      session.stats$.subscribe({
        next: ({ users, datagrams: { received, audio, unheard, control } }) => {
          const user = users.get('44');
          told.push([received - control, audio, unheard, user?.packets, user?.lost, user?.bitrate]);
        },
        complete: () => told.push('complete'),
      });
      at(100, () => say(1));
      at(200, report);
      at(1_100, () => session.receive('44').subscribe());
      for (const sequence of [10, 11, 13]) at(1_200 + sequence, () => say(sequence));
    });
    const bits = 8 * [10, 11, 13].reduce((bytes, sequence) => bytes + testFrame(sequence).length, 0);
    expect(told.slice(0, 4)).toEqual([
      [0, 0, 0, undefined, undefined, undefined],
      [2, 0, 2, undefined, undefined, undefined],
      [5, 3, 2, 3, 1, bits],
      [5, 3, 2, 3, 1, 0],
    ]);
    expect([told.length, told.at(-1)]).toEqual([12, 'complete']);
  });

  it('hears the first frames of an epoch, which came before its commit', () => {
    const heard: unknown[] = [];
    virtualTime(({ flush }) => {
      const { voice, options, send } = hearing({ daveVersion: 1 });
      const frame = (sequence: number, epoch: number): void => send({ ssrc: 5, sequence, payload: encrypted(epoch, testFrame(sequence)) });
      const acts: readonly (readonly [number, () => void])[] = [
        [100, () => voice.say(11, { user_ids: ['44'] })],
        [100, () => voice.say(5, { user_id: '44', ssrc: 5, speaking: 1 })],
        [101, () => voice.sayBinary(25, SENDER, 1)],
        [102, () => voice.sayBinary(30, Uint8Array.of(0, 0, ...into(1, 30, 44)), 2)],
        [200, () => frame(1, 1)],
        [210, () => voice.sayBinary(27, Uint8Array.of(0, 2), 3)],
        [220, () => frame(2, 2)],
        [240, () => frame(3, 2)],
        [250, () => voice.sayBinary(29, Uint8Array.of(0, 0, ...into(2, 30, 44)), 4)],
        [260, () => frame(4, 2)],
      ];
      for (const [at, act] of acts) timer(at).subscribe(act);
      connectVoice$(voice.gateway, IDS, { ...options, dave: new FakeProvider() })
        .pipe(takeUntil(timer(1_000)), switchMap((session) => session.receive('44')))
        .subscribe(({ sequence, arrival, frame: { length } }) => heard.push([sequence, arrival, asyncScheduler.now(), length]));
      flush();
    });
    expect(heard).toEqual([[1, 200, 200, 4], [2, 220, 250, 4], [3, 240, 250, 4], [4, 260, 260, 4]]); // prettier-ignore
  });

  it('keeps the books over a new media session', () => {
    const told: unknown[] = [];
    during((session, { voice, say }, at) => {
      session.receive().subscribe();
      at(0, () => voice.say(5, { user_id: '44', ssrc: 5, speaking: 1 }));
      at(10, () => say(1));
      // Still waits for its owner to become known when the media session ends.
      at(20, () => say(1, 6));
      at(30, () => voice.close(4006));
      at(5_000, () => voice.say(5, { user_id: '44', ssrc: 7, speaking: 1 }));
      at(5_010, () => say(900, 7));
      at(6_000, () => session.stats$.subscribe(({ datagrams, users }) => told.push([datagrams.waiting, datagrams.unclaimed, users.get('44')!.packets, users.get('44')!.lost])));
    });
    expect(told[0]).toEqual([0, 1, 2, 0]);
  });
});
