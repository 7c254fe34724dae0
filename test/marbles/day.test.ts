/** A day on the air, in virtual time: 24 hours of audio through every disturbance that Discord causes to a connection. */
import { asyncScheduler, BehaviorSubject, concatMap, from, switchMap, timer } from 'rxjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadSodium } from '../../src/crypto/xchacha.js';
import { connectVoice$, type LogEvent } from '../../src/index.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { voiceState, type VirtualVoice } from '../../src/testing/index.js';
import { BoundedTime } from '../support/bounded-time.js';
import { numberedFrame, PacketLedger } from '../support/packet-ledger.js';
import { ServerWitness } from '../support/server-witness.js';
import { IDS, world } from '../support/virtual-time.js';
import { WallClock } from '../support/wall-clock.js';
import { numbers } from '../unit/driver/dave/numbers.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Minimum pause after a fault, except for a second one that may follow at once: by then everything must have recovered. */
const CALM = 90 * SECOND;

interface World {
  readonly voice: VirtualVoice;
  readonly clock: WallClock;
  /** The channel we want to be in. */
  readonly channelId: BehaviorSubject<string>;
  readonly dice: (max: number) => number;
}

/** The faults, by name. Each is over at the latest after {@link CALM}. */
function faults({ voice, clock, channelId, dice }: World): Readonly<Record<string, () => void>> {
  let gatewaySession = 'session';
  let named = 0;
  const after = (ms: number, act: () => void): void => void timer(ms).subscribe(act);
  const another = (): string => `voice-${(named += 1)}.test:443`;
  const channel = (): string => String(20 + dice(5));
  const moved = (): void => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', channel(), gatewaySession));
  return {
    'another region': () => voice.nameServer(another()),
    'a new token': () => voice.nameServer('voice.test:443'),
    'a lost WebSocket': () => voice.close([1001, 1006, 4015][dice(3)]!),
    'a refused resume': () => {
      voice.refuseResume();
      voice.close(1006);
    },
    'a kick of others': () => {
      voice.say(VoiceOp.ClientsConnect, { user_ids: ['40', '50'] });
      after(dice(500), () => voice.say(VoiceOp.ClientDisconnect, { user_id: '40' }));
    },
    'a move by a moderator, the state first': () => {
      moved();
      after(dice(200), () => voice.nameServer(another()));
    },
    'a move by a moderator, the server first': () => {
      voice.nameServer(another());
      after(dice(200), moved);
    },
    'a move by us': () => channelId.next(channel()),
    'a null endpoint': () => {
      voice.nameServer(null);
      after(dice(20 * SECOND), () => voice.nameServer(another()));
    },
    'a null endpoint that stays': () => voice.nameServer(null),
    "a new session of the bot's gateway": () => {
      const former = gatewaySession;
      gatewaySession = `session-${(named += 1)}`;
      voice.reidentify(gatewaySession);
      // That the former session has left the channel is no news, whenever it arrives.
      after(dice(100), () => voice.dispatch('VOICE_STATE_UPDATE', voiceState('10', null, former)));
    },
    'a dead WebSocket': () => {
      voice.silence('heartbeat');
      after(50 * SECOND, () => voice.silence());
    },
    'a lost UDP socket': () => voice.loseUdp(new Error('ENETDOWN')),
    'a clock set forward': () => clock.step(1 + dice(HOUR)),
    'a clock set back': () => clock.step(-101 - dice(HOUR)),
    'a clock set forward a little': () => clock.step(1 + dice(100)),
  };
}

interface Day {
  readonly ledger: PacketLedger;
  /** All violations, whoever found them. */
  readonly complaints: readonly string[];
  /** How often each fault occurred. */
  readonly happened: Readonly<Record<string, number>>;
  /** How often recovery made each decision. */
  readonly recoveries: Readonly<Record<string, number>>;
  /** Frames that the sources yielded. */
  readonly given: number;
  /** Frames of each play, as reported by `finished`. */
  readonly finished: readonly number[];
  readonly suspended: number;
  readonly resumed: number;
  /** Sockets open at the end, and the highest number open at once. */
  readonly sockets: { readonly open: number; readonly most: number };
  /** Timers still pending after the session was left. */
  readonly timers: number;
}

/** One song that lasts the day, and a playlist for the night. */
const PLAYLIST = [DAY, 3 * MINUTE, 5 * MINUTE, 4 * MINUTE];
const MODE = 'aead_xchacha20_poly1305_rtpsize';

function dayOnTheAir(seed: number): Day {
  const dice = numbers(seed);
  const clock = new WallClock();
  const ledger = new PacketLedger(clock);
  const channelId = new BehaviorSubject('20');
  const complaints: string[] = [];
  const finished: number[] = [];
  const happened: Record<string, number> = {};
  const recoveries: Record<string, number> = {};
  const told = { suspended: 0, resumed: 0 };
  const sockets = { open: 0, most: 0 };
  let given = 0;
  let timers = NaN;

  const scheduler = new BoundedTime(() => undefined, 2 * DAY);
  scheduler.run(({ flush }) => {
    const { voice } = world({ modes: [MODE] });
    const witness = new ServerWitness(voice.transports);
    const complain = (text: string): void => void complaints.push(`${asyncScheduler.now()} ${text}`);
    /** The channel in which the gateway says we are. */
    let place: unknown;
    voice.gateway.subscribe(({ t, d }) => t === 'VOICE_STATE_UPDATE' && (place = (d as { channel_id: unknown }).channel_id ?? place));
    voice.packets$.subscribe((packet) => {
      witness.heard(packet.ssrc);
      ledger.packet(packet);
    });
    voice.sockets$.subscribe((event) => {
      sockets.open += event.endsWith('+') ? 1 : -1;
      sockets.most = Math.max(sockets.most, sockets.open);
    });

    const acts = faults({ voice, clock, channelId, dice });
    const names = Object.keys(acts);
    let last = -Infinity;
    let next = 0;
    const strike = (): void => {
      const name = names[dice(names.length)]!;
      happened[name] = (happened[name] ?? 0) + 1;
      acts[name]!();
    };
    const storm = (): void => {
      const { state } = witness;
      if (state?.status !== 'ready' || state.channelId !== place) complain(`${JSON.stringify(state)}, where all was calm, in ${String(place)}`);
      last = asyncScheduler.now();
      strike();
      // Sometimes the next fault does not wait until the previous one is over.
      if (dice(3) === 0) timer(dice(600)).subscribe(strike);
      plan();
    };
    const plan = (): void => {
      const pause = CALM + dice(4 * MINUTE);
      next = asyncScheduler.now() + pause;
      if (next < DAY + 10 * MINUTE) timer(pause).subscribe(storm);
    };
    plan();

    /** Packets of 120 ms in the calm, which are cheap; 20 ms packets from a second before each fault until some seconds after it. */
    function* song(ms: number): Generator<Uint8Array> {
      for (let left = ms; left > 0; ) {
        const now = asyncScheduler.now();
        const duration = left < 120 || now > next - SECOND || now < last + 4 * SECOND ? 20 : 120;
        left -= duration;
        yield numberedFrame(given++, duration);
      }
    }

    const log = (event: LogEvent): void => {
      if (event.type === 'state') witness.told(event.state);
      if (event.type === 'fault') recoveries[event.recovery.action] = (recoveries[event.recovery.action] ?? 0) + 1;
    };
    // A separate generator, so that a seed gives the same storm whatever randomness the session requests.
    const noise = numbers(seed + 1);
    const random = (bytes: number): Uint8Array => Uint8Array.from({ length: bytes }, () => noise(256));
    /** ms of audio before the current play. */
    let before = 0;
    const leave = (): void => {
      subscription.unsubscribe();
      // An interval that is still pending here would never end.
      scheduler.schedule(() => (timers = scheduler.actions.splice(0).length));
    };
    const subscription = connectVoice$(voice.gateway, { ...IDS, channelId }, { transports: witness.transports, modes: [MODE], scheduler: clock, random, log })
      .pipe(switchMap((session) => from(PLAYLIST).pipe(concatMap((ms) => session.play(song(ms))))))
      .subscribe({
        next: (event) => {
          if (event.type === 'suspended' || event.type === 'resumed') told[event.type] += 1;
          if (event.type === 'sent' && event.position !== ledger.audio - ledger.duration - before) complain(`position ${event.position}`);
          if (event.type !== 'finished') return;
          before = ledger.audio;
          finished.push(event.frames);
          if (finished.length === PLAYLIST.length) timer(5 * MINUTE).subscribe(leave);
        },
        error: (error: unknown) => complain(String(error)),
        complete: () => complain('completed'),
      });
    flush();
    complaints.push(...ledger.complaints, ...witness.complaints);
  });
  return { ledger, complaints, happened, recoveries, given, finished, ...told, sockets, timers };
}

describe('a day on the air', () => {
  // The cheapest cipher to seal and open. Loaded beforehand, because promises do not settle in virtual time.
  beforeAll(() => loadSodium());

  it('every frame once and in order, at its pace; the states are true; and nothing is left over', () => {
    const day = dayOnTheAir(2_611);
    expect(day.complaints.slice(0, 10)).toEqual([]);
    // Every frame from a source arrived, in order; otherwise the ledger would have complained.
    expect(day.ledger.frames).toBe(day.given);
    expect(day.finished.length).toBe(PLAYLIST.length);
    expect(day.finished.reduce((sum, frames) => sum + frames)).toBe(day.given);
    expect(day.ledger.audio).toBe(PLAYLIST.reduce((sum, ms) => sum + ms));
    // Silence frames only after the last song: a playlist has no gaps, and a hold sends no silence frames.
    expect(day.ledger.silences).toBe(5);
    // The storm was real: all 16 kinds of fault occurred, with their consequences.
    expect(Object.keys(day.happened).length).toBe(16);
    expect(Math.min(...Object.values(day.happened))).toBeGreaterThanOrEqual(10);
    expect(Object.keys(day.recoveries).sort()).toEqual(['reidentify', 'rejoin', 'resume', 'wait']);
    expect(day.ledger.streams).toBeGreaterThan(200);
    expect(day.ledger.jumps).toBeGreaterThan(20);
    expect(day.suspended).toBeGreaterThan(200);
    expect(day.resumed).toBe(day.suspended);
    expect(day.sockets).toEqual({ open: 0, most: 2 });
    expect(day.timers).toBe(0);
    // Takes some seconds on an idle machine.
  }, 120_000);
});
