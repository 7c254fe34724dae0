/** Interceptors of a whole session, in virtual time: they see exactly what goes over the wire, and nothing they do disturbs the session. */
import { describe, expect, it } from 'vitest';
import { asyncScheduler, concat, EMPTY, ignoreElements, map, merge, NEVER, Observable, of, Subject, switchMap, takeUntil, tap, throwError, timer } from 'rxjs'; // prettier-ignore
import { connectVoice$, type LogEvent, type RtcpPacket, type VoicePacket, type VoiceSession } from '../../src/index.js';
import { steadyScheduler } from '../../src/steady-scheduler.js';
import { createSeal, prepareMode } from '../../src/crypto/seal.js';
import type { MediaInterceptor, MediaTraffic } from '../../src/media/interceptor.js';
import { isRtcp, parseRtpHeader } from '../../src/protocol/rtp.js';
import { parseRtcp, RTCP_CLEAR_BYTES } from '../../src/protocol/rtcp.js';
import type { EncryptionMode } from '../../src/protocol/encryption-modes.js';
import { testFrame, testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { headerRecorder } from '../support/header-recorder.js';
import { tappedUdp } from '../support/tapped-udp.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';
import { hex } from '../vectors/read-vectors.js';
import { packet, rtcp, RTPSIZE } from '../unit/media/receive/receiver-stage.js';

const REPORT: RtcpPacket = { type: 'receiver-report', ssrc: 1001, reports: [] };
/** The key of the virtual voice server. */
const sealOf = (mode: EncryptionMode, fill = 7) => createSeal(mode, new Uint8Array(32).fill(fill), { counter: 0, random: (bytes) => new Uint8Array(bytes) });

await prepareMode('aead_xchacha20_poly1305_rtpsize');

interface Wire {
  readonly voice: VirtualVoice;
  /** What the server sends. */
  say(datagram: Uint8Array): void;
}

interface Scene {
  readonly mode?: EncryptionMode;
  readonly play?: number;
  /** Called with each packet of any user. */
  readonly heard?: (packet: VoicePacket) => void;
  readonly until?: number;
  readonly act?: (wire: Wire, at: (ms: number, act: () => void) => void) => void;
}

/** A session with these interceptors. Returns the datagrams that it sent, with their times, and what was logged and played. */
function scene(interceptors: readonly MediaInterceptor[], { mode = RTPSIZE, play = 0, heard, until = 200, act }: Scene = {}) {
  const sent: { readonly at: number; readonly datagram: Uint8Array }[] = [];
  const failures: string[] = [];
  const played: string[] = [];
  let outcome = 'open';
  virtualTime(({ flush }) => {
    const { voice, options } = world({ modes: [mode] });
    const said$ = new Subject<Uint8Array>();
    const transports = tappedUdp(voice.transports, said$, (datagram, port) => {
      sent.push({ at: asyncScheduler.now(), datagram });
      port.send(datagram);
    });
    const log = (event: LogEvent): void => void (event.type === 'ignored' && failures.push(`${event.at} ${event.what}: ${event.reason}`));
    const live$ = (session: VoiceSession): Observable<unknown> =>
      merge(
        play === 0 ? NEVER : concat(session.play(testFrames(play)).pipe(tap(({ type }) => played.push(type))), NEVER),
        heard === undefined ? NEVER : session.receive().pipe(tap(heard)),
      );
    connectVoice$(voice.gateway, IDS, { ...options, transports, interceptors, log })
      .pipe(switchMap(live$), takeUntil(timer(until)))
      .subscribe({ error: (error: unknown) => (outcome = String(error)), complete: () => (outcome = 'complete') });
    act?.({ voice, say: (datagram) => said$.next(datagram) }, (ms, then) => void timer(ms).subscribe(then));
    flush();
  });
  return { sent, failures, played, outcome, rtp: sent.filter(({ datagram }) => parseRtpHeader(datagram) !== undefined && !isRtcp(datagram)), rtcp: sent.filter(({ datagram }) => isRtcp(datagram)) };
}

/** Passes the traffic on as soon as it exists. */
const withTraffic = (use: (traffic: MediaTraffic) => void): MediaInterceptor => (traffic) => {
  use(traffic);
  return NEVER;
};

describe('a recorder of headers', () => {
  it('is told of each packet as it leaves, with the very fields that are on the wire', () => {
    const lines: string[] = [];
    const { rtp } = scene([headerRecorder(lines)], { play: 3, until: 300 });
    const wire = rtp.map(({ at, datagram }, i) => {
      const { ssrc, sequence, timestamp } = parseRtpHeader(datagram)!;
      const payload = i < 3 ? testFrame(i).length : 3;
      return `${at} out ${ssrc} #${sequence} t${timestamp} ${payload}+${datagram.length - payload}`;
    });
    expect(wire.length).toBe(3 + 5);
    expect(lines).toEqual([`begin 1001 ${RTPSIZE}`, ...wire, 'over 1001', 'gone 1001']);
  });

  it('is told of each RTP packet that comes, whether or not anybody listens: to look on has nothing decrypted', () => {
    const [lines, others]: [string[], string[]] = [[], []];
    const act: Scene['act'] = ({ voice, say }, at) => {
      const parts = { ssrc: 5, sequence: 9, timestamp: 960, payload: testFrame(1), seal: sealOf(RTPSIZE) };
      at(100, () => say(packet(RTPSIZE, { ...parts, marker: true })));
      at(110, () => voice.say(5, { user_id: '44', ssrc: 5, speaking: 1 }));
      at(120, () => say(packet(RTPSIZE, { ...parts, sequence: 10 })));
      at(130, () => say(packet(RTPSIZE, { ...parts, sequence: 11, seal: sealOf(RTPSIZE, 8) })));
      at(140, () => say(packet(RTPSIZE, { ...parts, ssrc: 6, payloadType: 101, sequence: 12 })));
      at(150, () => say(Uint8Array.of(0x80, 0x78, 0)));
      at(160, () => say(packet(RTPSIZE, { ...parts, elements: hex('109e9001') }).subarray(0, 14)));
    };
    const size = packet(RTPSIZE, { payload: testFrame(1) }).length;
    const came = (open: boolean): string[] => [
      `begin 1001 ${RTPSIZE}`,
      `100 in 5 null pt120 #9 t960 marker ${size} ${open ? true : null}`,
      `120 in 5 44 pt120 #10 t960 ${size} ${open ? true : null}`,
      `130 in 5 44 pt120 #11 t960 ${size} ${open ? false : null}`,
      `140 in 6 null pt101 #12 t960 ${size} null`,
      'over 1001',
      'gone 1001',
    ];
    scene([headerRecorder(lines)], { act });
    scene([headerRecorder(others)], { act, heard: () => undefined });
    expect(lines).toEqual(came(false));
    expect(others).toEqual(came(true));
  });

  it('is told of RTCP, which is decrypted for it, though nobody else listens', () => {
    const lines: string[] = [];
    scene([headerRecorder(lines)], {
      act: ({ say }, at) => {
        at(100, () => say(rtcp(hex('80c90001 00000005'), sealOf(RTPSIZE))));
        at(110, () => say(rtcp(hex('80c90001 00000005'), sealOf(RTPSIZE, 8))));
      },
    });
    expect(lines.slice(1, -2)).toEqual([`100 in receiver-report ${8 + 20}`]);
  });

  it('outlives a resume, and begins anew with each Identify', () => {
    const lines: string[] = [];
    scene([headerRecorder(lines)], {
      play: 4,
      until: 3_000,
      act: ({ voice }, at) => {
        at(70, () => voice.close(1006));
        at(1_000, () => voice.close(4006));
      },
    });
    expect(lines.filter((line) => !/^\d/.test(line))).toEqual([`begin 1001 ${RTPSIZE}`, 'over 1001', 'gone 1001', `begin 1002 ${RTPSIZE}`, 'over 1002', 'gone 1002']);
    expect(lines.filter((line) => line.includes(' out '))).toHaveLength(4 + 5);
  });
});

describe('an interceptor that sends RTCP', () => {
  it('has it sealed with the first 8 bytes in the clear, and all are told', () => {
    const lines: string[] = [];
    const reporter: MediaInterceptor = ({ sendRtcp, scheduler }) => timer(0, 50, scheduler).pipe(tap(() => sendRtcp([REPORT])));
    const { rtcp: reports } = scene([headerRecorder(lines), reporter], { until: 200 });
    expect(reports.map(({ at }) => at)).toEqual([60, 110, 160]);
    const seal = sealOf(RTPSIZE);
    for (const { datagram } of reports) {
      const body = seal.open(datagram, RTCP_CLEAR_BYTES)!;
      expect(parseRtcp(Buffer.concat([datagram.subarray(0, RTCP_CLEAR_BYTES), body]))).toEqual([REPORT]);
    }
    expect(lines.slice(1, -2)).toEqual([60, 110, 160].map((at) => `${at} out receiver-report ${8 + 20}`));
  });

  it('uses no nonce twice, whatever is sent in between', () => {
    const reporter: MediaInterceptor = ({ sendRtcp, sentRtp$ }) => sentRtp$.pipe(tap(() => sendRtcp([REPORT])));
    const { sent } = scene([reporter], { play: 5, until: 400 });
    const nonces = sent.filter(({ datagram }) => datagram[0]! >> 6 === 2).map(({ datagram }) => Buffer.from(datagram.subarray(-4)).toString('hex'));
    expect(nonces.length).toBe(2 * (5 + 5));
    expect(new Set(nonces).size).toBe(nonces.length);
  });

  it.each([RTPSIZE, 'aead_xchacha20_poly1305_rtpsize'] as const)('in answer to what comes, in %s, harms no frame that is heard', (mode) => {
    const heard: string[] = [];
    const seal = sealOf(mode);
    const echo: MediaInterceptor = ({ sendRtcp, receivedRtp$ }) => receivedRtp$.pipe(tap(() => sendRtcp([REPORT])));
    const { rtcp: reports } = scene([echo], {
      mode,
      heard: ({ frame }) => heard.push(Buffer.from(frame).toString('hex')),
      act: ({ voice, say }, at) => {
        at(90, () => voice.say(5, { user_id: '44', ssrc: 5, speaking: 1 }));
        for (const i of [1, 2, 3]) at(100 + i, () => say(packet(mode, { ssrc: 5, sequence: i, payload: testFrame(i), seal })));
      },
    });
    expect(heard).toEqual([1, 2, 3].map((i) => Buffer.from(testFrame(i)).toString('hex')));
    expect(reports).toHaveLength(3);
  });

  it.each(['xsalsa20_poly1305', 'xsalsa20_poly1305_lite', 'xsalsa20_poly1305_suffix'] as const)('sends nothing in %s', (mode) => {
    const told: boolean[] = [];
    const { rtcp: reports } = scene([withTraffic(({ sendRtcp }) => told.push(sendRtcp([REPORT])))], { mode });
    expect([told, reports]).toEqual([[false], []]);
  });

  it('sends nothing when the media session is over', () => {
    let traffic: MediaTraffic | undefined;
    const { sent } = scene([withTraffic((given) => (traffic = given))]);
    const before = sent.length;
    expect([traffic!.sendRtcp([REPORT]), sent.length]).toEqual([false, before]);
  });
});

describe('whatever an interceptor is, audio goes on', () => {
  const boom = (): never => {
    throw new Error('boom');
  };
  it.each<[string, MediaInterceptor, readonly string[]]>([
    ['never', () => NEVER, []],
    ['empty', () => EMPTY, []],
    ['one value', () => of(1), []],
    ['endless', () => timer(0, 1), []],
    ['a promise', () => new Promise(() => undefined), []],
    ['an error at once', () => throwError(() => new Error('boom')), ['60 interceptor: boom']],
    ['an error later', () => timer(20).pipe(map(boom)), ['80 interceptor: boom']],
    ['an error at a packet', ({ sentRtp$ }) => sentRtp$.pipe(map(boom)), ['60 interceptor: boom']],
    ['a throw', boom, ['60 interceptor: boom']],
    ['a throw of no error', () => throwError(() => 'boom'), ['60 interceptor: boom']],
    ['RTCP without a report', ({ sendRtcp }) => of(sendRtcp([{ type: 'bye', ssrcs: [1], reason: null }])), [expect.stringMatching(/begins with a report, not with bye/) as string]],
    ['nothing as RTCP', ({ sendRtcp }) => of(sendRtcp([])), [expect.stringMatching(/begins with a report, not with nothing/) as string]],
  ])('%s', (_, interceptor, told) => {
    const lines: string[] = [];
    const { played, failures, outcome, rtp } = scene([interceptor, headerRecorder(lines)], { play: 2 });
    expect([failures, outcome]).toEqual([told, 'complete']);
    expect(played).toEqual(['started', 'sent', 'sent', 'finished']);
    // The recorder next to it saw everything.
    expect(lines.filter((line) => line.includes(' out '))).toHaveLength(rtp.length);
  });

  it('is let go of, once, when the session is left', () => {
    let [open, closed] = [0, 0];
    const endless: MediaInterceptor = () =>
      new Observable(() => {
        open += 1;
        return () => void (closed += 1);
      });
    scene([endless, ({ sentRtp$ }) => sentRtp$.pipe(ignoreElements())]);
    expect([open, closed]).toEqual([1, 1]);
  });

  it('is given the guild and the scheduler, and no way to the key or to forge packets', () => {
    const given: MediaTraffic[] = [];
    scene([withTraffic((traffic) => given.push(traffic))]);
    expect(given[0]).toMatchObject({ guildId: '10', ssrc: 1001, mode: RTPSIZE, scheduler: steadyScheduler });
    expect(Object.keys(given[0]!).sort()).toEqual([
      'guildId', 'mode', 'receivedRtcp$', 'receivedRtp$', 'scheduler', 'sendRtcp', 'sentRtcp$', 'sentRtp$', 'sentTotals', 'ssrc',
    ]); // prettier-ignore
    expect(Object.values(given[0]!).filter((value) => typeof value === 'object' && value !== null && 'next' in value)).toEqual([]);
  });
});
