/**
 * The recovery table, executed: every close code at every stage of a connection. The expected policies are repeated here from the sources
 * (Discord docs, "Voice Close Event Codes"), not taken from the library's table.
 */
import { asyncScheduler, switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, type LogEvent, type VoiceState } from '../../src/index.js';
import { testFrames } from '../../src/testing/index.js';
import { FAILING_STAGES, failingAt, type FailingStage } from '../support/failing-stages.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';
import { FakeProvider } from '../unit/driver/dave/fake-provider.js';

type Policy = 'lost' | 'identify' | 'new credentials' | 'new credentials, once' | 'fatal' | 'kicked';

const CODES: readonly (readonly [Policy, readonly number[]])[] = [
  ['lost', [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 1015, 3999, 4000, 4013, 4015]],
  ['identify', [4003]],
  ['new credentials', [4006, 4009, 4011, 4777]],
  ['new credentials, once', [4001, 4002, 4004, 4005, 4020]],
  ['fatal', [4012, 4016, 4017, 4021]],
  // 4022 alone does not prove that the call is over: discord-api-docs #7575.
  ['kicked', [4014, 4022]],
];
const ROWS = CODES.flatMap(([policy, codes]) => codes.map((code) => ({ code, policy })));
interface Run {
  /** `op4 20`, `identify`, `resume`, `op4 null`, in order. */
  readonly commands: readonly string[];
  /** The sequence of states, without the individual stages. */
  readonly states: readonly string[];
  readonly outcome: string;
  /** Frame numbers in the order in which they were sent. */
  readonly frames: readonly number[];
  readonly decisions: readonly string[];
  readonly openSockets: number;
  readonly ended: number;
}

/**
 * @param failures how often the stage fails
 * @param again whether the stage fails when the session comes back after a first loss, and not during the first join
 */
function run(stage: FailingStage, code: number, failures: number, again: boolean): Run {
  const commands: string[] = [];
  const states: string[] = [];
  const frames: number[] = [];
  const decisions: string[] = [];
  let openSockets = 0;
  let outcome = 'open';
  let ended = 0;
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    let left = failures;
    let armed = !again;
    const transports = failingAt(voice.transports, (reached) => (armed && reached === stage && left-- > 0 ? code : undefined));
    voice.commands$.subscribe(({ d }) => commands.push(`op4 ${d.channel_id ?? 'null'}`));
    voice.frames$.subscribe(({ op }) => {
      if (op === 0) commands.push('identify');
      if (op === 7) commands.push('resume');
    });
    voice.sockets$.subscribe((event) => (openSockets += event.endsWith('+') ? 1 : -1));
    voice.packets$.subscribe(({ payload }) => payload.length > 3 && frames.push(((payload[1] ?? 0) << 8) | (payload[2] ?? 0)));
    const log = (event: LogEvent): void => {
      if (event.type === 'state' && states.at(-1) !== brief(event.state)) states.push(brief(event.state));
      if (event.type === 'fault') decisions.push(event.recovery.action);
    };
    const subscription = connectVoice$(voice.gateway, IDS, { ...options, transports, log, dave: new FakeProvider() })
      .pipe(switchMap((session) => session.play(testFrames(60))))
      .subscribe({
        error: (error: unknown) => ((outcome = `${(error as Error).name}: ${(error as Error).message}`), (ended = asyncScheduler.now())),
        complete: () => ((outcome = 'completed'), (ended = asyncScheduler.now())),
      });
    if (again)
      timer(200).subscribe(() => {
        armed = true;
        // A lost WebSocket is resumed; all other stages are reached by a rejoin.
        voice.close(stage === 'resumed' || stage === 'socket' || stage === 'hello' || stage === 'playing' ? 1006 : 4006);
      });
    // Long enough for the whole ladder with its waits; whatever is left then is unsubscribed.
    timer(180_000).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return { commands, states, outcome, frames, decisions, openSockets, ended };
}

function brief(state: VoiceState): string {
  return state.status === 'ended' ? `ended ${state.reason}` : state.status;
}

/** Stages at which no Identify was sent yet with the current credentials. */
const FRESH: readonly FailingStage[] = ['socket', 'hello'];

/** The ladder from the rung where a policy enters it: each rung that is possible, three times. */
function ladder(policy: Policy, resumable: boolean, fresh: boolean): readonly string[] {
  const three = (rung: string, possible = true): string[] => (possible ? [rung, rung, rung] : []);
  switch (policy) {
    case 'lost':
      return [...three('resume', resumable), ...three('reidentify', fresh), ...three('rejoin'), 'fail'];
    case 'identify':
      return [...three('reidentify', fresh), ...three('rejoin'), 'fail'];
    case 'new credentials':
      return [...three('rejoin'), 'fail'];
    case 'new credentials, once':
      return ['rejoin', 'fail'];
    case 'fatal':
      return ['fail'];
    default:
      return ['wait'];
  }
}

const WHOLE_SONG = Array.from({ length: 60 }, (_, i) => i);
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  resume: ['resume'],
  reidentify: ['identify'],
  rejoin: ['op4 null', 'op4 20', 'identify'],
};

function expectEnd({ outcome, states, commands, openSockets }: Run, policy: Policy, code: number): void {
  if (policy === 'kicked') {
    expect([outcome, states.at(-1)]).toEqual(['completed', `ended ${policy}`]);
  } else {
    expect(outcome).toMatch(code === 4017 ? /^VoiceUnsupportedError: .*DAVE/ : new RegExp(`^VoiceSocketClosedError: .*${code}`));
    // Only connectVoice$ reports an error; states are only for faults that the session recovers from by itself.
    expect(states.some((state) => state.startsWith('ended'))).toBe(false);
  }
  expect(commands.at(-1)).toBe('op4 null');
  expect(openSockets).toBe(0);
}

describe.each(FAILING_STAGES.filter((stage) => stage !== 'resumed'))('on the way in, at %s', (stage) => {
  const playing = stage === 'playing';

  it.each(ROWS)('$code, once: $policy', ({ code, policy }) => {
    const first = ladder(policy, playing, FRESH.includes(stage))[0]!;
    const result = run(stage, code, 1, false);
    expect(result.decisions).toEqual([first]);
    if (first === 'fail' || first === 'wait') return expectEnd(result, policy, code);
    expect(result.outcome).toBe('open');
    expect(result.frames).toEqual(WHOLE_SONG);
    const begin = playing || stage === 'dave' || stage === 'description' || stage === 'discovery' || stage === 'ready' ? ['op4 20', 'identify'] : ['op4 20'];
    expect(result.commands).toEqual([...begin, ...COMMANDS[first]!, 'op4 null']);
    expect(result.states).toEqual(
      playing
        ? ['signalling', 'connecting', 'ready', first === 'resume' ? 'resuming' : 'reconnecting', 'ready', 'ended left']
        : ['signalling', 'connecting', 'ready', 'ended left'],
    );
  });

  it.each(ROWS)('$code, without end: the budget, and then the end', ({ code, policy }) => {
    const result = run(stage, code, Infinity, false);
    expect(result.decisions).toEqual(ladder(policy, playing, FRESH.includes(stage)));
    expectEnd(result, policy, code);
    // Only frames of the song, in order, and none twice.
    expect(result.frames).toEqual(WHOLE_SONG.slice(0, result.frames.length));
    if (!playing) expect(result.frames).toEqual([]);
    if (policy === 'kicked') expect(result.ended).toBeGreaterThan(15_000);
    else expect(result.ended).toBeLessThan(60_000);
  });
});

describe.each(FAILING_STAGES)('on the way back, at %s', (stage) => {
  const resuming = stage === 'resumed' || stage === 'socket' || stage === 'hello' || stage === 'playing';

  it.each(ROWS)('$code, once: $policy, and the song goes on where it was', ({ code, policy }) => {
    const result = run(stage, code, 1, true);
    const next = ladder(policy, resuming, false)[0]!;
    expect(result.decisions).toEqual([resuming ? 'resume' : 'rejoin', next]);
    if (next === 'fail' || next === 'wait') return expectEnd(result, policy, code);
    expect([result.outcome, result.states.at(-2)]).toEqual(['open', 'ready']);
    expect(result.frames).toEqual(WHOLE_SONG);
    expect(result.openSockets).toBe(0);
  });

  it.each(ROWS)('$code, without end: within the budget', ({ code, policy }) => {
    const result = run(stage, code, Infinity, true);
    expect(result.decisions.length).toBeLessThanOrEqual(10);
    // If every resume is refused, the other rungs still lead back.
    if (stage === 'resumed' && !['fatal', 'kicked'].includes(policy)) {
      expect([result.outcome, result.states.at(-2)]).toEqual(['open', 'ready']);
      expect(result.frames).toEqual(WHOLE_SONG);
      return;
    }
    expectEnd(result, policy, code);
    for (const rung of ['resume', 'reidentify', 'rejoin'])
      expect(result.decisions.filter((decision) => decision === rung).length).toBeLessThanOrEqual(3);
    expect(result.frames).toEqual(WHOLE_SONG.slice(0, result.frames.length));
  });
});
