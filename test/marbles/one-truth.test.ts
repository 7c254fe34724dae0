/** State, health and encryption of a session in random storms: they agree at every moment, for every observer. */
import fc from 'fast-check';
import { asyncScheduler, filter, take, takeUntil, timer, type Observable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, type E2eeState, type VoiceHealth, type VoiceOptions, type VoiceSession, type VoiceState } from '../../src/index.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import type { VirtualVoice } from '../../src/testing/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';
import { FakeProvider, into, SENDER } from '../unit/driver/dave/fake-provider.js';

/** The events, by name. */
const EVENTS: Readonly<Record<string, (voice: VirtualVoice) => void>> = {
  resume: (voice) => voice.close(4015),
  lost: (voice) => voice.close(1006),
  'refused resume': (voice) => (voice.refuseResume(), voice.close(4015)),
  udp: (voice) => voice.loseUdp(new Error('lost')),
  'new server': (voice) => voice.nameServer('other.test:443'),
  'no server': (voice) => voice.nameServer(null),
  kick: (voice) => voice.kick(),
  'gateway fails': (voice) => voice.endGateway(new Error('gone')),
  join: (voice) => voice.say(VoiceOp.ClientsConnect, { user_ids: ['40'] }),
  leave: (voice) => voice.say(VoiceOp.ClientDisconnect, { user_id: '40' }),
  sender: (voice) => voice.sayBinary(VoiceOp.MlsExternalSender, SENDER, 1),
  welcome: (voice) => voice.sayBinary(VoiceOp.MlsWelcome, Uint8Array.of(0, 0, ...into(1, 30, 40)), 2),
  'bad welcome': (voice) => voice.sayBinary(VoiceOp.MlsWelcome, Uint8Array.of(0, 7, 9), 3),
  commit: (voice) => voice.sayBinary(VoiceOp.MlsAnnounceCommit, Uint8Array.of(0, 0, ...into(2, 30, 40)), 4),
  downgrade: (voice) => voice.say(VoiceOp.DavePrepareTransition, { transition_id: 0, protocol_version: 0 }),
  upgrade: (voice) => voice.say(VoiceOp.DavePrepareTransition, { transition_id: 0, protocol_version: 1 }),
  'new epoch': (voice) => voice.say(VoiceOp.DavePrepareEpoch, { epoch: 1, protocol_version: 1 }),
};

interface Look {
  readonly state: VoiceState;
  readonly health: VoiceHealth;
  readonly e2ee: E2eeState;
}

function look({ state$, health$, e2ee$ }: VoiceSession): Look {
  const now = <T>(source$: Observable<T>): T => {
    let last: { readonly value: T } | undefined;
    source$.pipe(take(1)).subscribe((value) => (last = { value }));
    return last!.value;
  };
  return { state: now(state$), health: now(health$), e2ee: now(e2ee$) };
}

/** The disagreement in words; undefined if all agree. */
function disagreement({ state, health, e2ee }: Look): string | undefined {
  const media = state.status === 'ready' || state.status === 'resuming';
  if (health.state !== state) return `health says ${health.state.status}, state ${state.status}`;
  if (health.e2ee !== e2ee.status) return `health says ${health.e2ee}, e2ee ${e2ee.status}`;
  if (health.ready !== (media && ['plain', 'secure'].includes(e2ee.status))) return `health is ${health.ready ? '' : 'not '}ready, ${state.status} and ${e2ee.status}`;
  if (health.ready !== (health.reason === null)) return `ready ${health.ready}, for the reason ${health.reason}`;
  if (state.status === 'ready' && state.daveVersion !== e2ee.version) return `state says version ${state.daveVersion}, e2ee ${e2ee.version}`;
  if (!media && (e2ee.status === 'secure' || e2ee.privacyCode !== null || e2ee.members.length > 0)) return `keys while ${state.status}`;
  if ((e2ee.version === 0) !== (e2ee.status === 'plain')) return `${e2ee.status} at version ${e2ee.version}`;
  return undefined;
}

const storm = fc.array(fc.tuple(fc.constantFrom(...Object.keys(EVENTS)), fc.integer({ min: 0, max: 400 })), { minLength: 1, maxLength: 12 });

describe('state$, health$ and e2ee$', () => {
  it.each([0, 1])('never disagree, whenever one of them has news (DAVE version %i)', (daveVersion) => {
    let looks = 0;
    fc.assert(
      fc.property(storm, (events) => {
        const wrong: string[] = [];
        let session: VoiceSession | undefined;
        const check = (by: string): void => {
          looks += 1;
          const fault = disagreement(look(session!));
          if (fault !== undefined) wrong.push(`${asyncScheduler.now()}, told by ${by}: ${fault}`);
        };
        virtualTime(({ flush }) => {
          const { voice, options } = world({ daveVersion });
          const recovery: VoiceOptions['recovery'] = ({ type, resumable, repeats }) => {
            if (type === 'kicked') return { action: 'end', reason: 'kicked' };
            if (repeats > 6) return { action: 'fail' };
            return { action: type === 'closed' && resumable ? 'resume' : type === 'no-endpoint' ? 'rejoin' : 'reidentify', delay: 10 };
          };
          connectVoice$(voice.gateway, IDS, { ...options, dave: new FakeProvider(), recovery })
            .pipe(takeUntil(timer(20_000)))
            .subscribe({
              next: (found) => {
                session = found;
                for (const name of ['state$', 'health$', 'e2ee$'] as const)
                  (found[name] as Observable<unknown>).subscribe({ next: () => check(name), complete: () => check(`the end of ${name}`) });
              },
              error: () => undefined,
            });
          // The external sender follows each Select Protocol, so that a bot that is alone can form its group.
          voice.frames$.pipe(filter(({ op }) => op === VoiceOp.SelectProtocol)).subscribe(() => timer(15).subscribe(() => EVENTS['sender']!(voice)));
          let at = 100;
          for (const [name, wait] of events) timer((at += wait)).subscribe(() => EVENTS[name]!(voice));
          flush();
        });
        expect(wrong).toEqual([]);
        if (session !== undefined) expect(['ended', 'failed']).toContain(look(session).state.status);
      }),
      { numRuns: 150 },
    );
    expect(looks).toBeGreaterThan(1_000);
  });
});
