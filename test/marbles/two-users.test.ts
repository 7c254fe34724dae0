/** Two callers use one bot in one guild: the likeliest mistake of a new user. The second gets an error at once, and the first is not affected. */
import { asyncScheduler, BehaviorSubject, concat, ignoreElements, merge, repeat, retry, share, Subject, switchMap, take, throwError, timer, type Observable } from 'rxjs'; // prettier-ignore
import { describe, expect, it } from 'vitest';
import { fromAdapterCreator, fromDiscordJs } from '../../src/adapters/index.js';
import { AlreadyJoinedError, connectVoice$, gatewayPort, voiceRetry, type GatewayPort, type VoiceSession } from '../../src/index.js';
import { testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { FakeDiscordJsClient, stand } from '../unit/adapters/fake-clients.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

/** Plays a song from 0 on; a second caller comes at 130 ms. */
function intruded(intruder: (voice: VirtualVoice, session$: Observable<VoiceSession>) => Observable<VoiceSession>, port = (voice: VirtualVoice) => voice.gateway) {
  let lines: string[] = [];
  const told: string[] = [];
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    lines = chronicle(voice);
    const session$ = connectVoice$(port(voice), IDS, options);
    const player = session$.pipe(switchMap((session) => session.play(testFrames(40)))).subscribe({
      error: (error: unknown) => told.push(`${asyncScheduler.now()} first: ${String(error)}`),
      complete: () => told.push(`${asyncScheduler.now()} first: complete`),
    });
    timer(130).subscribe(() => {
      const other = intruder(voice, session$).subscribe({
        next: () => told.push(`${asyncScheduler.now()} second: session`),
        error: (error: unknown) => told.push(`${asyncScheduler.now()} second: ${(error as AlreadyJoinedError).code}`),
      });
      timer(20_000).subscribe(() => other.unsubscribe());
    });
    timer(30_000).subscribe(() => player.unsubscribe());
    flush();
  });
  const frames = lines.filter((line) => / frame /.test(line)).length;
  return { told, frames, op4: lines.filter((line) => line.includes('op4')) };
}

const UNDISTURBED = { told: ['130 second: already-joined'], frames: 40, op4: ['0 op4 20', '30000 op4 null'] };

describe('a second membership of one bot in one guild', () => {
  it('is told at once what is wrong and what helps, when one connectVoice$ is subscribed twice', () => {
    expect(intruded((_, session$) => session$)).toEqual(UNDISTURBED);
  });

  it('and so it is when there are two connectVoice$', () => {
    const { options } = world();
    expect(intruded((voice) => connectVoice$(voice.gateway, { ...IDS, channelId: '21' }, { ...options, transports: voice.transports }))).toEqual(UNDISTURBED);
  });

  it.each<[string, (voice: VirtualVoice) => GatewayPort]>([
    ['of the same events', (voice) => gatewayPort(voice.gateway, (command) => voice.gateway.next(command))],
    ['of the same client', (() => {
      const clients = new WeakMap<VirtualVoice, FakeDiscordJsClient>();
      return (voice: VirtualVoice): GatewayPort => {
        const client = clients.get(voice) ?? new FakeDiscordJsClient({ [IDS.guildId]: 0 });
        if (!clients.has(voice)) stand(client, voice.gateway, 0);
        clients.set(voice, client);
        return fromDiscordJs(client);
      };
    })()],
    ['of an adapter creator, which libraries make anew', (voice) => fromAdapterCreator(({ onVoiceStateUpdate, onVoiceServerUpdate }) => {
      const events = voice.gateway.subscribe(({ t, d }) => (t === 'VOICE_STATE_UPDATE' ? onVoiceStateUpdate(d) : onVoiceServerUpdate(d)));
      return { sendPayload: (payload) => (voice.gateway.next(payload as never), true), destroy: () => events.unsubscribe() };
    })],
  ])('and so it is by another port %s', (_, port) => {
    const { options } = world();
    expect(intruded((voice) => connectVoice$(port(voice), IDS, { ...options, transports: voice.transports }), port)).toEqual(UNDISTURBED);
  }); // prettier-ignore

  it('is not tried again by voiceRetry', () => {
    expect(intruded((_, session$) => session$.pipe(retry(voiceRetry())))).toEqual(UNDISTURBED);
  });

  it.each<[string, (session$: Observable<VoiceSession>) => Observable<VoiceSession>, number]>([
    ['the first is shared', share(), 0],
    ['it lingers', (session$) => session$, 100],
  ])('is no second one where %s', (_, shared, linger) => {
    const seen: VoiceSession[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const session$ = connectVoice$(voice.gateway, IDS, { ...options, linger }).pipe(shared);
      const both = merge(session$, session$).subscribe((session) => seen.push(session));
      timer(1_000).subscribe(() => both.unsubscribe());
      flush();
    });
    expect(seen.length).toBe(2);
    expect(seen[0]).toBe(seen[1]);
  });
});

describe('the place in the guild', () => {
  it('is held while the session leaves and joins again by itself: who comes in between is told', () => {
    const told: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const note = (line: string) => (error: unknown) => void told.push(`${asyncScheduler.now()} ${line}: ${String(error)}`);
      const first = connectVoice$(voice.gateway, IDS, options)
        .pipe(switchMap((session) => session.state$))
        .subscribe({ next: ({ status }) => told.push(`${asyncScheduler.now()} ${status}`), error: note('first') });
      timer(130).subscribe(() => voice.close(4006));
      // The rejoin is under way: the bot is out of the channel, and the pause before op 4 is not over.
      timer(140).subscribe(() => connectVoice$(voice.gateway, IDS, options).subscribe({ error: note('second') }));
      timer(2_000).subscribe(() => first.unsubscribe());
      flush();
    });
    expect(told).toEqual(['60 ready', '130 reconnecting', expect.stringMatching(/^140 second: AlreadyJoinedError/), expect.stringMatching(/^\d{3} ready$/)]);
  });

  it.each<[string, (session$: Observable<VoiceSession>, again$: Subject<void>) => Observable<unknown>]>([
    ['switchMap', (session$, again$) => again$.pipe(switchMap(() => session$))],
    ['concat', (session$) => concat(session$.pipe(take(1)), session$.pipe(take(1)), session$)],
    ['repeat', (session$) => session$.pipe(take(1), repeat(3))],
    ['retry', (session$) => { let left = 2; return session$.pipe(switchMap(() => (left-- > 0 ? throwError(() => 'why') : [])), retry(3)); }],
  ])('is free for who leaves and joins again in %s', (_, again) => {
    const errors: unknown[] = [];
    let op4: string[] = [];
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const lines = chronicle(voice);
      const again$ = new Subject<void>();
      const joined = again(connectVoice$(voice.gateway, IDS, options), again$).subscribe({ error: (error: unknown) => errors.push(error) });
      for (const at of [0, 500, 1_000]) timer(at).subscribe(() => again$.next());
      timer(3_000).subscribe(() => joined.unsubscribe());
      flush();
      op4 = lines.filter((line) => line.includes('op4')).map((line) => line.replace(/^\d+ op4 /, ''));
    });
    expect(errors).toEqual([]);
    expect(op4).toEqual(['20', 'null', '20', 'null', '20', 'null']);
  }); // prettier-ignore

  it('is free when an end is told, whichever: who joins again upon it is not thrown out by the leave of before', () => {
    for (const act of [(voice: VirtualVoice) => voice.kick(), (voice: VirtualVoice) => voice.close(4016), (voice: VirtualVoice) => voice.close(4022)]) {
      const told: string[] = [];
      virtualTime(({ flush }) => {
        const { voice, options } = world();
        const lines = chronicle(voice);
        const again = (): void => {
          lines.push('told');
          const joined = connectVoice$(voice.gateway, IDS, options).subscribe({ next: () => told.push('session'), error: (error: unknown) => told.push(String(error)) });
          timer(1_000).subscribe(() => joined.unsubscribe());
        };
        connectVoice$(voice.gateway, IDS, options).subscribe({ error: again, complete: again });
        timer(130).subscribe(() => act(voice));
        flush();
        const order = lines.filter((line) => /op4|told/.test(line)).map((line) => line.replace(/^\d+ op4 /, ''));
        expect(order.slice(order.indexOf('told'))).toEqual(['told', '20', 'null']);
      });
      expect(told).toEqual(['session']);
    }
  });
});

describe('what is wanted', () => {
  it('of 200 equal values says nothing, and of 200 that change in a minute no more than Discord takes', () => {
    const op4: number[] = [];
    let muted: boolean | undefined;
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const selfMute = new BehaviorSubject(false);
      voice.commands$.subscribe(({ d }) => {
        op4.push(asyncScheduler.now());
        if (d.channel_id !== null) muted = d.self_mute;
      });
      const joined = connectVoice$(voice.gateway, { ...IDS, selfMute }, options).pipe(ignoreElements()).subscribe();
      for (let i = 0; i < 200; i += 1) timer(100 + i).subscribe(() => selfMute.next(false));
      timer(5_000).subscribe(() => expect(op4).toEqual([0]));
      for (let i = 0; i < 200; i += 1) timer(10_000 + i * 300).subscribe(() => selfMute.next(i % 2 === 1));
      timer(100_000).subscribe(() => joined.unsubscribe());
      flush();
    });
    expect(Math.max(...op4.map((from) => op4.filter((at) => at >= from && at < from + 60_000).length))).toBeLessThanOrEqual(65);
    expect(op4.length).toBeGreaterThan(60);
    expect(muted).toBe(true);
  });
});
