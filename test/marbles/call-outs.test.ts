/**
 * Every call from the library into code of the caller, found by a Proxy around what the caller passes, in a session with every kind of event:
 * at each of them, at each stage, the caller's code throws once; and leaves once.
 */
import { describe, expect, it } from 'vitest';
import { SessionEndedError, VoiceError } from '../../src/index.js';
import { playScene, type CallOut, type Scene, type SceneEnd } from '../support/call-out-scene.js';
import { reportedErrors } from '../support/reported-errors.js';

/** The effect of a throw. `docs/architecture.md` has the rule; this list assigns each call-out to its kind. */
type Outcome =
  /** Only reported. */
  | 'reported'
  /** Treated as the loss of a socket: recovery continues from there. */
  | 'lost'
  /** The session ends with an error of ours whose cause is the thrown error. */
  | 'ends the session'
  /** The session fails with the thrown error itself: it is the error of an Observable that the caller passed. */
  | 'passed on'
  /** The play fails with it, and the session continues. */
  | 'ends the play'
  /** Only logged. */
  | 'ignored'
  /** Not visible to anyone. */
  | 'unheard';

const RULES: readonly (readonly [RegExp, Outcome])[] = [
  // Listeners and teardowns do not influence what is done.
  [/^log /, 'reported'],
  // These run inside a call that the caller made, and RxJS swallows their throw: there is a subscription to return, or a `takeUntil`.
  [/^(verify\(\)|stopped play|connectVoice\$) finalizer/, 'unheard'],
  [/ (listener|finalizer)( \w+)? @/, 'reported'],
  [/ onEnd @/, 'reported'],
  [/ torn down @/, 'reported'],
  [/^frames\.Symbol\.iterator\(\)\.return\(\)/, 'reported'],
  // What cannot be sent is lost, like a lost datagram; deadlines and heartbeats detect the consequences.
  [/^options\.transports\.udp\$\(\)\.send\(\)/, 'reported'],
  [/^options\.transports\.socket\$\(\)\.send\(\)/, 'reported'],
  [/^options\.transports\.(socket|udp)\$\(\)( subscribed|\.messages\$ subscribed)? @/, 'lost'],
  [/^options\.transports\.udp\$\(\)\.datagrams\$ subscribed @/, 'lost'],
  // Without this answer the session cannot continue.
  [/^gateway subscribed/, 'ends the session'],
  [/^gateway\.next\(\) @ signalling/, 'ends the session'],
  [/^gateway\.next\(\) @ ended/, 'unheard'],
  [/^selfMute subscribed/, 'passed on'],
  [/^options\.(recovery|random)\(\)/, 'ends the session'],
  [/^options\.dave\.(maxProtocolVersion|keyPair\(\)|open\(\)|open\(\)\.keyPackage\(\)) @/, 'ends the session'],
  // The group rejects the message.
  [/^options\.dave\.open\(\)\.(externalSender|propose|welcome|commit)\(\)/, 'ignored'],
  [/^options\.dave\.open\(\)\.(ready|privacyCode|encrypt\(\)|verificationCode\(\))/, 'unheard'],
  [/^options\.interceptors\[\]\(\)( subscribed)? @/, 'ignored'],
  [/^(frames|live)/, 'ends the play'],
];

const key = ({ name, stage }: CallOut): string => `${name} @ ${stage}`;
const ruleOf = (callOut: string): Outcome | undefined => RULES.find(([of]) => of.test(callOut))?.[1];

/** The first occurrence of each call-out at each stage, in a scene without faults. */
function callOuts(dave: boolean, end: Scene['end'] = 'left'): string[] {
  const seen = new Set<string>();
  playScene({ dave, end, hook: (callOut) => void seen.add(key(callOut)) });
  return [...seen];
}

/** Plays the scene, and runs `act` at one call-out, once. */
function disturb(dave: boolean, callOut: string, act: (leave: () => void) => void, ends: Scene['end'] = 'left'): SceneEnd {
  let done = false;
  const end = playScene({
    dave,
    end: ends,
    hook: (at, leave) => {
      if (done || key(at) !== callOut) return;
      done = true;
      act(leave);
    },
  });
  expect(done).toBe(true);
  return end;
}

function throwing(error: Error): () => never {
  return () => {
    throw error;
  };
}

function outcomeOf(end: SceneEnd, undisturbed: SceneEnd, reported: readonly unknown[], thrown: Error): Outcome | string {
  const { failure, playFailures, ignored, faults } = end;
  if (failure === thrown) return 'passed on';
  if (failure !== undefined) {
    // Through an engine the error comes back as a copy; here it is the same object.
    const { cause } = failure as Error;
    const same = cause === thrown || (process.env['RXVOICE_ENGINE'] !== undefined && cause instanceof Error && cause.message === thrown.message);
    const named = failure instanceof VoiceError && same;
    return named ? 'ends the session' : `fails with ${String(failure)}`;
  }
  if (reported.length > 0) return reported.length === 1 && reported[0] === thrown ? 'reported' : `reports ${reported.map(String).join()}`;
  if (playFailures.length > 0) return playFailures[0] === thrown ? 'ends the play' : `fails to play: ${playFailures.map(String).join()}`;
  if (ignored.length > undisturbed.ignored.length) return 'ignored';
  return faults > undisturbed.faults ? 'lost' : 'unheard';
}

describe.each([
  ['a plain call', false],
  ['an encrypted call', true],
])('%s', (_, dave) => {
  const all = callOuts(dave);
  const undisturbed = playScene({ dave, hook: () => undefined });

  it('meets all of them, and each has its rule', () => {
    expect(undisturbed).toMatchObject({ failure: undefined, playFailures: [], probed: 3, open: [], endless: [], commands: ['20', null] });
    expect(all.length).toBeGreaterThan(100);
    expect(all.filter((callOut) => ruleOf(callOut) === undefined)).toEqual([]);
  });

  it.each(all)('one that throws at %s', (callOut) => {
    const reported = reportedErrors();
    const thrown = new Error(`thrown at ${callOut}`);
    const end = disturb(dave, callOut, throwing(thrown));
    expect(outcomeOf(end, undisturbed, reported, thrown)).toBe(ruleOf(callOut));
    expect(end).toMatchObject({ probed: end.failure === undefined ? 3 : 0, open: [], endless: [] });
    const leaves = end.commands.filter((channel) => channel === null).length;
    expect(leaves).toBe(/^(gateway subscribed|selfMute subscribed|gateway\.next\(\) @ ended)/.test(callOut) ? 0 : 1);
  });

  it.each(callOuts(dave, 'kicked').filter((callOut) => /@ (ended|failed)$/.test(callOut)))('one that throws at %s, by a kick', (callOut) => {
    const reported = reportedErrors();
    const thrown = new Error(`thrown at ${callOut}`);
    const end = disturb(dave, callOut, throwing(thrown), 'kicked');
    expect(end).toMatchObject({ failure: undefined, playFailures: [], open: [], endless: [], probed: 3 });
    expect(reported).toEqual([thrown]);
  });

  it.each(callOuts(dave, 'failed').filter((callOut) => /@ (ended|failed)$/.test(callOut)))('one that throws at %s, by a failure', (callOut) => {
    const reported = reportedErrors();
    const thrown = new Error(`thrown at ${callOut}`);
    const end = disturb(dave, callOut, throwing(thrown), 'failed');
    expect(end).toMatchObject({ failure: { code: 'gateway' }, open: [], endless: [], probed: 3 });
    // The op 4 of the leave finds a gateway that is gone.
    expect(reported).toEqual(/^gateway\.next/.test(callOut) ? [] : [thrown]);
  });

  it.each(all)('one that leaves at %s', (callOut) => {
    const reported = reportedErrors();
    const end = disturb(dave, callOut, (leave) => leave());
    expect(end).toMatchObject({ failure: undefined, open: [], endless: [] });
    // A transport that was already asked may still open, and must close what it opened.
    if (!/^options\.transports\.\w+\$\(\) subscribed/.test(callOut)) expect(end.openedLate).toEqual([]);
    for (const failure of end.playFailures) expect(failure).toBeInstanceOf(SessionEndedError);
    expect(reported).toEqual([]);
    expect(end.commands.filter((channel) => channel === null).length).toBe(end.commands.includes('20') ? 1 : 0);
  });
});
