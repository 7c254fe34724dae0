/**
 * The call-outs that do not occur in the scene of `call-outs.test.ts`: the signals of `driveVoice$`, a membership that lingers, and the
 * clients of other libraries behind the adapters. At each of them, at each stage, the caller's code throws once; and leaves once.
 */
import { catchError, EMPTY, merge, Subject, switchMap, takeUntil, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromAdapterCreator, fromDiscordJs, fromDroff, fromEris, fromOceanic } from '../../src/adapters/index.js';
import { driveVoice$, signalling$ } from '../../src/driver.js';
import {
  connectVoice$,
  SessionEndedError,
  VoiceError,
  type GatewayPort,
  type LogEvent,
  type VoiceOptions,
  type VoiceSession,
} from '../../src/index.js';
import { testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { tapped, type Hook } from '../support/call-outs.js';
import { reportedErrors } from '../support/reported-errors.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';
import { FakeDiscordJsClient, FakeDroffClient, FakeShardMapClient, stand } from '../unit/adapters/fake-clients.js';

type Way = (voice: VirtualVoice, options: VoiceOptions, hook: Hook) => Observable<VoiceSession>;

/** By a client of another library, between the session and the gateway. */
function byClient<Client extends Parameters<typeof stand>[0]>(make: () => Client, port: (client: Client) => GatewayPort): Way {
  return (voice, options, hook) => {
    const client = make();
    stand(client, voice.gateway, 0);
    return connectVoice$(port(tapped('client', client, hook)), IDS, options);
  };
}

const GUILDS = { [IDS.guildId]: 0 };
const WAYS: Readonly<Record<string, Way>> = {
  driveVoice$: (voice, options, hook) => driveVoice$(tapped('server$', signalling$(voice.gateway, IDS), hook), options),
  linger: (voice, options, hook) => connectVoice$(tapped('gateway', voice.gateway, hook), IDS, { ...options, linger: 50 }),
  fromDiscordJs: byClient(() => new FakeDiscordJsClient(GUILDS), fromDiscordJs),
  fromEris: byClient(() => new FakeShardMapClient('rawWS', GUILDS), fromEris as never),
  fromOceanic: byClient(() => new FakeShardMapClient('packet', GUILDS), fromOceanic as never),
  fromDroff: byClient(() => new FakeDroffClient(1), fromDroff),
  fromAdapterCreator: (voice, options, hook) => {
    const create: Parameters<typeof fromAdapterCreator>[0] = ({ onVoiceStateUpdate, onVoiceServerUpdate }) => {
      const heard = voice.gateway.subscribe(({ t, d }) =>
        t === 'VOICE_STATE_UPDATE' ? onVoiceStateUpdate(d) : t === 'VOICE_SERVER_UPDATE' && onVoiceServerUpdate(d),
      );
      return { sendPayload: (command) => (voice.gateway.next(command as never), true), destroy: () => heard.unsubscribe() };
    };
    return connectVoice$(fromAdapterCreator(tapped('create', create, hook)), IDS, options);
  },
};

interface End {
  readonly failure: unknown;
  readonly playFailures: readonly unknown[];
  readonly open: number;
  /** Op 4 commands. */
  readonly commands: readonly (string | null)[];
}

/** Joins, plays, moves to another voice server, plays again, and leaves. */
function playScene(way: Way, hook: (callOut: string, leave: () => void) => void): End {
  let stage = 'before';
  let failure: unknown;
  let open = 0;
  const playFailures: unknown[] = [];
  const commands: (string | null)[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    const leave$ = new Subject<void>();
    const log = (event: LogEvent): void => {
      if (event.type === 'state') stage = event.state.status;
    };
    voice.commands$.subscribe(({ d }) => commands.push(d.channel_id));
    voice.sockets$.subscribe((event) => (open += event.endsWith('+') ? 1 : -1));
    const session$ = way(voice, { ...options, log }, (name) => hook(`${name} @ ${stage}`, () => leave$.next()));
    const song = (session: VoiceSession): Observable<unknown> =>
      session.play(testFrames(3)).pipe(
        catchError((error: unknown) => {
          playFailures.push(error);
          return EMPTY;
        }),
      );
    session$
      .pipe(
        switchMap((session) => merge(song(session), timer(400).pipe(switchMap(() => song(session))))),
        takeUntil(merge(leave$, timer(700))),
      )
      .subscribe({ error: (error: unknown) => (failure = error) });
    timer(200).subscribe(() => voice.nameServer('other.test:443'));
    flush();
  });
  return { failure, playFailures, open, commands };
}

describe.each(Object.entries(WAYS))('%s', (_, way) => {
  const seen = new Set<string>();
  const undisturbed = playScene(way, (callOut) => void seen.add(callOut));

  /** Runs `act` at one call-out, once. */
  const disturb = (callOut: string, act: (leave: () => void) => void): End => {
    let done = false;
    const end = playScene(way, (at, leave) => {
      if (done || at !== callOut) return;
      done = true;
      act(leave);
    });
    expect(done).toBe(true);
    return end;
  };
  it('meets them', () => {
    expect(undisturbed).toEqual({ failure: undefined, playFailures: [], open: 0, commands: [IDS.channelId, null] });
    expect(seen.size).toBeGreaterThan(1);
  });

  it.each([...seen])('one that throws at %s', (callOut) => {
    const reported = reportedErrors();
    const thrown = new Error(`thrown at ${callOut}`);
    const end = disturb(callOut, () => {
      throw thrown;
    });
    expect(end.open).toBe(0);
    expect(reported.filter((error) => error !== thrown)).toEqual([]);
    expect(end.playFailures.filter((error) => error !== end.failure && !(error instanceof SessionEndedError))).toEqual([]);
    // The throw either ends the session with its error, or is only reported, or has no effect.
    if (end.failure === undefined) expect(end).toEqual({ ...undisturbed, commands: end.commands });
    else expect(end.failure === thrown || (end.failure instanceof VoiceError && end.failure.message.includes(thrown.message))).toBe(true);
    // The bot has left, unless it never joined or the leave itself was what could not be sent.
    const unsaid = / @ ended$/.test(callOut) && !/(torn down|off\(\)|destroy\(\)) @/.test(callOut);
    if (end.failure !== undefined) expect(end.commands).not.toContain(IDS.channelId);
    else expect(end.commands).toEqual(unsaid ? [IDS.channelId] : [IDS.channelId, null]);
  });

  it.each([...seen])('one that leaves at %s', (callOut) => {
    const reported = reportedErrors();
    const end = disturb(callOut, (leave) => leave());
    expect(reported).toEqual([]);
    expect(end).toMatchObject({ failure: undefined, open: 0 });
    for (const failure of end.playFailures) expect(failure).toBeInstanceOf(SessionEndedError);
    expect(end.commands).toEqual(end.commands.length === 0 ? [] : [IDS.channelId, null]);
  });
});
