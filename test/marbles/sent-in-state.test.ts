/** No frame is sent in a state in which none can be sent, whatever happens to a session and whenever. */
import fc from 'fast-check';
import { asyncScheduler, takeUntil, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, type PlayOptions, type VoiceOptions, type VoiceState } from '../../src/index.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { testFrames, voiceState, type VirtualVoice } from '../../src/testing/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';

/** The events, by name. Only `out` removes the bot from the channel: its WebSocket closes at its own time, or not at all. */
const EVENTS: Readonly<Record<string, (voice: VirtualVoice) => void>> = {
  resume: (voice) => voice.close(4015),
  lost: (voice) => voice.close(4006),
  'refused resume': (voice) => (voice.refuseResume(), voice.close(4015)),
  udp: (voice) => voice.loseUdp(new Error('lost')),
  'new server': (voice) => voice.nameServer('other.test:443'),
  'no server': (voice) => voice.nameServer(null),
  out: (voice) => voice.dispatch('VOICE_STATE_UPDATE', voiceState(IDS.guildId, null)),
  kick: (voice) => voice.kick(),
  join: (voice) => voice.join('40'),
  leave: (voice) => voice.leave('40'),
  'new epoch': (voice) => voice.say(VoiceOp.DavePrepareEpoch, { epoch: 1, protocol_version: 1 }),
};
type VoiceStatus = VoiceState['status'];
const SENDING: readonly VoiceStatus[] = ['ready', 'resuming'];

interface Story {
  /** `ms state`, each time a state is entered. */
  readonly states: string[];
  /** `ms state`, for each frame that is sent in a state in which none may be sent. */
  readonly wrong: string[];
  readonly sent: number;
}

/** A session that plays from its first moment on; each event comes so long after the previous one, the first counted from 100 ms. */
function story(events: readonly (readonly [wait: number, name: string])[], { daveVersion = 0, play = {} as PlayOptions } = {}): Story {
  const states: string[] = [];
  const wrong: string[] = [];
  let sent = 0;
  virtualTime(({ flush }) => {
    const { voice } = world({ dave: daveVersion === 1 });
    const recovery: VoiceOptions['recovery'] = (fault) => {
      if (fault.type === 'kicked' || fault.type === 'no-endpoint') return { action: 'rejoin', delay: 30 };
      return { action: fault.type === 'closed' && fault.closeCode !== 4006 && fault.resumable ? 'resume' : 'reidentify', delay: 10 };
    };
    let status: VoiceStatus | undefined;
    connectVoice$(voice.gateway, IDS, { ...voice.options, recovery })
      .pipe(takeUntil(timer(5_000)))
      .subscribe((session) => {
        session.state$.subscribe((state) => states.push(`${asyncScheduler.now()} ${(status = state.status)}`));
        session.play(testFrames(5_000), play).subscribe({
          next: ({ type }) => {
            if (type !== 'sent') return;
            sent += 1;
            if (!SENDING.includes(status!)) wrong.push(`${asyncScheduler.now()} ${status}`);
          },
          error: () => undefined,
        });
      });
    let at = 100;
    for (const [wait, name] of events) timer((at += wait)).subscribe(() => EVENTS[name]!(voice));
    flush();
  });
  return { states, wrong, sent };
}

describe('a bot that is put out of the channel while it connects anew', () => {
  it('sends nothing, while it is not known yet why, to the voice server that lets it in', () => {
    // The UDP socket is lost at 100; the bot is removed at 150 and let in soon after; at 400 the session concludes that it was a kick.
    const { states, wrong } = story([[0, 'udp'], [50, 'out']]);
    expect({ states: states.slice(0, 4), wrong }).toEqual({ states: ['60 ready', '100 reconnecting', '400 reconnecting', '490 ready'], wrong: [] });
  });
});

const storm = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.constantFrom(...Object.keys(EVENTS))), { minLength: 1, maxLength: 12 });

describe('frames', () => {
  it.each([
    [0, 'hold'],
    [0, 'skip'],
    [1, 'hold'],
    [1, 'skip'],
  ] as const)('are sent in states in which they can be, and in no other (DAVE version %i, %s)', (daveVersion, whenSuspended) => {
    let frames = 0;
    fc.assert(
      fc.property(storm, (events) => {
        const { wrong, sent } = story(events, { daveVersion, play: { whenSuspended } });
        frames += sent;
        expect(wrong).toEqual([]);
      }),
      { numRuns: 40 },
    );
    expect(frames).toBeGreaterThan(1_000);
  });
});
