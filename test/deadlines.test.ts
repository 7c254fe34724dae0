/**
 * All timers of src/, sorted by what they decide. A timer whose decision depends on what has arrived must be a `deadline`, which reads the sockets
 * first (src/deadline.ts), and is in none of the tables of timers. A new timer fails this test until it is a `deadline` or is in a table.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const SRC = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src');
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => file.endsWith('.ts'))
  .sort();
/** Source text without comments and strings. */
const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, ' ');

/** The number of timers, by file. */
function count(calls: (text: string) => number): Record<string, number> {
  const counts = FILES.map((file) => [file, calls(readFileSync(join(SRC, file), 'utf8'))] as const);
  return Object.fromEntries(counts.filter(([, n]) => n > 0));
}

/** The functions of rxjs that use timers. */
const TIMED = /^(timer|timeout|interval|delay|delayWhen|debounceTime|auditTime|throttleTime|bufferTime|sampleTime|windowTime)$/;
function timers(text: string): number {
  const imported = [...text.matchAll(/import \{([^}]*)\} from 'rxjs'/g)].flatMap(([, names]) => names!.split(',').map((name) => name.replace(/^\s*type /, '').trim()));
  const own = imported.filter((name) => TIMED.test(name)).map((name) => `(?<![\\w.#$])${name}\\(`);
  const calls = new RegExp([...own, '[sS]cheduler\\.schedule\\b', '\\bset(?:Timeout|Interval)\\('].join('|'), 'g');
  return code(text).match(calls)?.length ?? 0;
}

/** They act at a given time, or periodically, whatever has arrived. */
const METRONOMES = {
  'audio/recorder/not-recorded.ts': 1,
  'audio/recorder/tracks-stream.ts': 1,
  'cli/serve/serve.ts': 1,
  'driver/connection/ip-discovery.ts': 1,
  'driver/connection/keepalive.ts': 1,
  'driver/session/stats.ts': 1,
  'media/send/clock.ts': 1,
  'media/send/sender-reports.ts': 1,
  'server/gateway/task-queue.ts': 1,
  'server/media/reporter.ts': 1,
  'workers/shared/rounds.ts': 1,
};

/** They wait before an action of our own: backoff, pacing, a pause, the duration of a fault or of something in a test world. */
const PAUSES = {
  'cli/demo/call.ts': 1,
  'cli/discord/gateway.ts': 1,
  'cli/doctor/checks/clock.ts': 1,
  'cli/play/play.ts': 2,
  'driver/drive.ts': 1,
  'driver/recovery/carry-out.ts': 1,
  'engine/hand-over/next-place.ts': 1,
  'engine/outbox.ts': 1,
  'engine/remote-session.ts': 1,
  'gateway/desired-state.ts': 1,
  'gateway/whereabouts.ts': 1,
  'server/dave/group/server-messages.ts': 1,
  'server/dave/members/flag-backoff.ts': 1,
  'server/machine/power-switch.ts': 1,
  // Sends a mark again; whatever waits for it goes on waiting.
  'server/media/read-marks.ts': 1,
  // `runIn`.
  'server/timers.ts': 1,
  'testing/world/virtual-members.ts': 1,
  'testing/world/world.ts': 1,
  'voice-retry.ts': 1,
};

/** Their length is set by the caller, or they wait within this process: nothing that arrives at a socket changes them. */
const PATIENCE = {
  'cli/record/record.ts': 1,
  'linger.ts': 1,
  'use-session.ts': 1,
};

/** They implement deadlines and their time. `heartbeat.ts` is a metronome that calls `whenRead` before it decides. */
const MACHINERY = {
  'audio/recorder/recording-clock.ts': 1,
  'audio/timing/wake-up.ts': 1,
  'deadline.ts': 1,
  'driver/connection/heartbeat.ts': 1,
  'steady-scheduler.ts': 1,
};

/** Leases, links and registries compare the clocks of machines, and have their own rules for a machine that was suspended. */
const NODES = {
  'nodes/balance/rebalanced.ts': 2,
  'nodes/keep/keeper.ts': 1,
  'nodes/keep/kept-session.ts': 1,
  'nodes/link/link.ts': 1,
  'nodes/nats-engine.ts': 1,
  'nodes/node-table.ts': 2,
  'nodes/positions/checkpoints.ts': 1,
  'nodes/positions/place.ts': 1,
  'nodes/registry/claims.ts': 2,
  'nodes/registry/lease.ts': 2,
  'nodes/registry/open-again.ts': 1,
  'nodes/residents.ts': 2,
  'nodes/voice-node.ts': 1,
};

/** Deadlines by which something must arrive: what, and in which file. */
const DEADLINES = {
  // Which speakers are in a block.
  'audio/speakers/align-speakers.ts': 1,
  // Whether a missing packet is lost.
  'audio/jitter/reorder.ts': 1,
  // Whether a talk spurt is over.
  'audio/speakers/talk-spurts.ts': 1,
  'audio/recorder/place-events.ts': 1,
  // Bytes of a stream.
  'audio/sources/input/http.ts': 1,
  'audio/timing/wake-up.ts': 1,
  // READY, and acknowledgements.
  'cli/discord/conversation.ts': 3,
  'cli/doctor/checks/udp.ts': 1,
  // Acknowledgements.
  'driver/connection/heartbeat.ts': 1,
  // `MediaTime.after`: keys, and the owner of an SSRC; in a media session, and in stages composed by hand.
  'driver/connection/media-slot.ts': 1,
  'driver/stages/stage-time.ts': 1,
  'driver/connection/send-only.ts': 1,
  // Hello, Ready, the discovery reply, Session Description, Resumed.
  'driver/connection/stages.ts': 1,
  // The reason why a channel was left.
  'driver/drive.ts': 1,
  // Another voice server.
  'driver/recovery/carry-out.ts': 1,
  // That a far side is reached again.
  'engine/held.ts': 1,
  // Answers to op 4, and to the request for the voice state.
  'gateway/wait.ts': 1,
  'gateway/whereabouts.ts': 1,
  'server/control/connection.ts': 2,
  'server/dave/group/manager.ts': 1,
  'server/dave/group/transitions.ts': 1,
  'server/dave/members/absences.ts': 1,
  'server/discord/gateway/connection.ts': 1,
  'server/discord/gateway/sessions.ts': 1,
  'server/discord/world/interactions.ts': 1,
  'server/media/inbound-audio.ts': 1,
  'server/media/silence-maker.ts': 1,
  'server/sessions/registry.ts': 1,
  'server/timers.ts': 1,
};

describe('every timer', () => {
  it('is a metronome, a pause, patience of the caller, or a deadline that has the sockets read first', () => {
    const tables = [METRONOMES, PAUSES, PATIENCE, MACHINERY, NODES];
    expect(new Set(tables.flatMap(Object.keys)).size).toBe(tables.flatMap(Object.keys).length);
    expect(count(timers)).toEqual(Object.assign({}, ...tables));
  });

  it('that is a deadline is known', () => {
    const calls = /(?<!function )(?<![\w.#])(?:deadline\$?|whenRead)\(|\bnew (?:Deadline|WakeUp)\(/g;
    const deadlines = count((text) => code(text).match(calls)?.length ?? 0);
    delete deadlines['deadline.ts'];
    expect(deadlines).toEqual(DEADLINES);
  });
});
