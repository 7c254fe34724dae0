/** Sender reports while something is sent, and the reports that come back, in virtual time. */
import { describe, expect, it } from 'vitest';
import { asyncScheduler, concat, map, merge, NEVER, Subject, switchMap, takeUntil, tap, timer, type Observable } from 'rxjs'; // prettier-ignore
import { connectVoice$, type OutboundQuality, type RtcpPacket, type VoiceOptions, type VoiceSession } from '../../src/index.js';
import { createSeal } from '../../src/crypto/seal.js';
import type { MediaTraffic, SentRtp } from '../../src/media/interceptor.js';
import { senderReports } from '../../src/media/send/sender-reports.js';
import { middleOfNtp, writeRtcp } from '../../src/protocol/rtcp-writer.js';
import { parseRtcp, RTCP_CLEAR_BYTES } from '../../src/protocol/rtcp.js';
import { isRtcp } from '../../src/protocol/rtp.js';
import { testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { tappedUdp } from '../support/tapped-udp.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

const MODE = 'aead_aes256_gcm_rtpsize';
const seal = () => createSeal(MODE, new Uint8Array(32).fill(7), { counter: 0, random: (bytes) => new Uint8Array(bytes) });

/** The reports for packets sent at these times, as `at packets/octets @rtpTimestamp`. */
function reportsOf(marbles: string, unsubscribe?: string): { readonly reports: readonly string[]; readonly timers: number } {
  const reports: string[] = [];
  let timers = 0;
  virtualTime(({ hot, flush }) => {
    let n = 0;
    const scheduler = {
      now: () => asyncScheduler.now(),
      schedule: (...work: Parameters<typeof asyncScheduler.schedule>) => {
        timers += 1;
        return asyncScheduler.schedule(...work);
      },
    } as typeof asyncScheduler;
    let told = 0;
    const sent = { packets: 0, octets: 0 };
    const sentRtp$ = new Subject<SentRtp>();
    hot(marbles)
      .pipe(
        tap(() => {
          sent.packets += 1;
          sent.octets += 10;
          told += Number(sentRtp$.observed);
        }),
        map(() => ({ sequence: n, timestamp: 960 * n++, marker: false, payloadBytes: 10, bytes: 42, at: asyncScheduler.now() })),
      )
      .subscribe(sentRtp$);
    const sendRtcp = (packets: readonly RtcpPacket[]): boolean => {
      const [report, description] = packets;
      if (report?.type !== 'sender-report') throw new Error('no sender report');
      expect(description).toEqual({ type: 'source-description', chunks: [{ ssrc: 5, items: [{ item: 1, text: '' }] }] });
      expect(report).toMatchObject({ ssrc: 5, ntpTime: asyncScheduler.now(), reports: [] });
      reports.push(`${asyncScheduler.now()} ${report.packets}/${report.octets} @${report.rtpTimestamp}`);
      return true;
    };
    const made = senderReports({ every: 100 })({ ssrc: 5, scheduler, sentRtp$, sentTotals: () => sent, sendRtcp } as unknown as MediaTraffic) as Observable<unknown>;
    const subscription = made.subscribe({ error: (error: unknown) => reports.push(`${asyncScheduler.now()} error ${String(error)}`), complete: () => reports.push(`${asyncScheduler.now()} complete`) }); // prettier-ignore
    if (unsubscribe !== undefined) timer(unsubscribe.indexOf('!')).subscribe(() => subscription.unsubscribe());
    flush();
    // Only the packets that start a timer are inspected.
    expect(told).toBe(timers);
  });
  return { reports, timers };
}

describe('sender reports', () => {
  it('cover what was sent since the one before, each with the RTP timestamp of its own instant', () => {
    // Packets at 0, 20, 40, 150 and 170.
    const { reports, timers } = reportsOf('a 19ms a 19ms a 109ms a 19ms a 500ms |');
    expect(reports).toEqual([`100 3/30 @${2 * 960 + 60 * 48}`, `250 5/50 @${4 * 960 + 80 * 48}`, '671 complete']);
    expect(timers).toBe(2);
  });

  it.each<[string, string, readonly string[], number]>([
    ['never', '-', [], 0],
    ['empty', '|', ['0 complete'], 0],
    ['one packet', 'a 300ms |', ['100 1/10 @4800', '301 complete'], 1],
    // When the media session is over, `sendRtcp` ignores calls and the interceptor is unsubscribed.
    ['the end before the report is due', 'a-|', ['100 1/10 @4800', '100 complete'], 1],
    ['an error', 'a-#', ['100 1/10 @4800', '100 error error'], 1],
    ['an error before all', '#', ['0 error error'], 0],
  ])('%s', (_, marbles, told, count) => {
    const { reports, timers } = reportsOf(marbles);
    expect([reports, timers]).toEqual([told, count]);
  });

  it('leave no timer behind', () => {
    expect(reportsOf('a-a-a-a-', '---!').reports).toEqual([]);
  });
});

interface Scene {
  readonly options?: VoiceOptions;
  readonly live: (session: VoiceSession) => Observable<unknown>;
  readonly until: number;
  /** Called with each compound that the client sends; may answer. */
  readonly answer?: (packets: readonly RtcpPacket[], say: (packets: readonly RtcpPacket[]) => void) => void;
  readonly act?: (voice: VirtualVoice) => void;
}

/** The RTCP that a session sends, with its times. */
function scene({ options = {}, live, until, answer, act }: Scene): readonly string[] {
  const lines: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options: inWorld } = world();
    const said$ = new Subject<Uint8Array>();
    const [theirs, ours] = [seal(), seal()];
    const say = (packets: readonly RtcpPacket[]): void => {
      const compound = writeRtcp(packets);
      said$.next(theirs.seal(compound.subarray(0, RTCP_CLEAR_BYTES), compound.subarray(RTCP_CLEAR_BYTES)));
    };
    const take = (datagram: Uint8Array): void => {
      const body = ours.open(datagram, RTCP_CLEAR_BYTES)!;
      const packets = parseRtcp(Buffer.concat([datagram.subarray(0, RTCP_CLEAR_BYTES), body]))!;
      const [report] = packets;
      if (report?.type === 'sender-report') lines.push(`${asyncScheduler.now()} ${report.ssrc}: ${report.packets} of ${report.octets}`);
      answer?.(packets, say);
    };
    const transports = tappedUdp(voice.transports, said$, (datagram, port) => (isRtcp(datagram) ? take(datagram) : port.send(datagram)));
    connectVoice$(voice.gateway, IDS, { ...inWorld, transports, ...options })
      .pipe(switchMap((session) => merge(live(session), NEVER)), takeUntil(timer(until)))
      .subscribe();
    act?.(voice);
    flush();
  });
  return lines;
}

/** So many frames of 4 bytes, after which the session stays open. */
const song = (session: VoiceSession, frames: number): Observable<unknown> => concat(session.play(testFrames(frames)), NEVER);

describe('a session', () => {
  it('reports about every 5 s while it plays, once after it has stopped, and then no more', () => {
    const lines = scene({ live: (session) => song(session, 600), until: 40_000 });
    // Ready at 60: frames until 12 040, and five silence frames.
    const times = lines.map((line) => Number(line.split(' ')[0]));
    expect(times).toEqual([5_060, 10_060, 15_060].map((at, i) => expect.closeTo(at + 20 * i, -2) as number));
    expect(lines.at(-1)).toMatch(/ 1001: 605 of /);
  });

  it('begins to count anew with a new SSRC, and goes on over a resume', () => {
    const lines = scene({
      live: (session) => song(session, 900),
      until: 25_000,
      act: (voice) => {
        timer(7_000).subscribe(() => voice.close(1006));
        timer(12_000).subscribe(() => voice.nameServer('voice.test:443'));
      },
    });
    const reports = lines.map((line) => / (\d+): (\d+) /.exec(line)!.slice(1).map(Number));
    const first = reports.filter(([ssrc]) => ssrc === 1001).map(([, packets]) => packets!);
    const second = reports.filter(([ssrc]) => ssrc === 1002).map(([, packets]) => packets!);
    expect(first).toHaveLength(2);
    expect(first[1]! - first[0]!).toBeGreaterThan(240);
    expect(second[0]!).toBeLessThan(260);
    expect(second.length).toBeGreaterThan(0);
  });

  it('sends none without the option, and none while it only listens', () => {
    expect(scene({ options: { senderReports: false }, live: (session) => song(session, 600), until: 20_000 })).toEqual([]);
    expect(scene({ live: (session) => session.receive(), until: 20_000 })).toEqual([]);
  });

  it('tells what the server heard: loss, jitter, and the round trip of the media path', () => {
    const told: OutboundQuality[] = [];
    let completed = 0;
    const reply = (packets: readonly RtcpPacket[], say: (packets: readonly RtcpPacket[]) => void): void => {
      const [sent] = packets;
      if (sent?.type !== 'sender-report') return;
      const { ssrc, ntpTime } = sent;
      const report = { ssrc, fractionLost: 0.125, lost: 31, highestSequence: 250, jitter: 2, lastSenderReport: middleOfNtp(ntpTime!), delay: 400 };
      // 40 ms on the way there, 400 ms at the receiver, 45 ms on the way back.
      timer(40 + 400 + 45).subscribe(() => say([{ type: 'receiver-report', ssrc: 1, reports: [report] }]));
    };
    scene({
      live: (session) =>
        merge(
          song(session, 400),
          session.quality$.pipe(tap({ next: (quality) => told.push(quality), complete: () => (completed += 1) })),
        ),
      until: 20_000,
      answer: reply,
      act: (voice) => void timer(18_000).subscribe(() => voice.kick()),
    });
    expect(told.map(({ at, ...rest }) => [at, { ...rest, roundTripTime: Math.round(rest.roundTripTime!) }])).toEqual(
      told.map(({ at }) => [at, { ssrc: 1001, fractionLost: 0.125, packetsLost: 31, jitter: 2, roundTripTime: 85 }]),
    );
    expect(told.map(({ at }) => at)).toEqual([5_060 + 485, 10_080 + 485].map((at) => expect.closeTo(at, -2) as number));
    expect(completed).toBe(1);
  });

  it('does not decrypt RTCP for a quality that nobody asks for', () => {
    const stats: number[] = [];
    scene({
      live: (session) => merge(song(session, 300), session.stats$.pipe(tap(({ datagrams }) => stats.push(datagrams.rtcp)))),
      until: 8_000,
      answer: (_, say) => say([{ type: 'receiver-report', ssrc: 1, reports: [] }]),
    });
    expect(Math.max(...stats)).toBe(0);
  });
});
