/** Enforces the rules of docs/architecture.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const SRC = join(ROOT, 'src');
const FILES = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))
  .sort();
const text = (file: string): string => readFileSync(join(SRC, file), 'utf8');
/** The text without comments and string literals: what code does, not what it says. */
const code = (file: string): string =>
  text(file).replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`/g, (match) =>
    match.startsWith("'") && /^'[@\w:/.-]+'$/.test(match) ? match : ' ',
  );

/** The part of the tree that a file belongs to: its folder, or its own name at the top. */
const part = (file: string): string => (file.includes('/') ? file.slice(0, file.indexOf('/')) : file.replace(/\.ts$/, ''));

/** What each part may import. `types`, `fault`, `errors`, `log`, `checks`, `edge`, `operate`, `observable-like`, `steady-scheduler`, `socket-turns`, `deadline` and `bounded-send` are plain and may be imported by all but the pure ones. */
const PLAIN = ['types', 'fault', 'errors', 'log', 'checks', 'edge', 'operate', 'observable-like', 'steady-scheduler', 'socket-turns', 'deadline', 'bounded-send'];
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  protocol: [],
  runtime: [],
  types: ['protocol'],
  errors: ['protocol', 'types'],
  fault: ['types'],
  log: ['types', 'fault'],
  checks: ['errors'],
  edge: ['operate'],
  operate: [],
  'observable-like': [],
  pull: PLAIN,
  'socket-turns': [],
  'steady-scheduler': ['socket-turns'],
  deadline: ['steady-scheduler'],
  'bounded-send': [],
  crypto: ['protocol'],
  frames: PLAIN,
  media: ['frames', 'protocol', 'crypto', ...PLAIN],
  gateway: ['protocol', ...PLAIN],
  net: ['driver/ports', 'protocol', ...PLAIN],
  driver: ['media', 'protocol', 'crypto', ...PLAIN],
  audio: ['frames', 'protocol', 'runtime', ...PLAIN],
  dave: ['driver/dave/provider', 'runtime', ...PLAIN],
  adapters: ['gateway', 'protocol', ...PLAIN],
  linger: ['gateway', 'driver'],
  'drive-voice': ['driver', 'net', 'dave', 'types', 'edge'],
  engine: ['driver', 'media', 'frames', 'protocol', ...PLAIN],
  workers: ['engine', 'driver', 'audio', 'frames', 'net', 'dave', 'protocol', ...PLAIN],
  nodes: ['engine', 'driver', 'audio', 'frames', 'media', 'net', 'dave', 'crypto', 'protocol', ...PLAIN],
  connect: ['gateway', 'driver', 'net', 'dave', 'linger', 'protocol', ...PLAIN],
  'use-session': ['driver', ...PLAIN],
  'voice-retry': PLAIN,
  'voice-failure': ['audio', ...PLAIN],
  index: ['connect', 'use-session', 'voice-retry', 'voice-failure', 'pull', 'gateway', 'dave', 'audio', 'driver', 'frames', 'media', 'protocol', ...PLAIN],
  // `connect`, `driver`, `media` and `net` only for the members of server/discord, which have real sessions: see below.
  server: ['protocol', 'crypto', 'gateway', 'connect', 'driver', 'media', 'net', ...PLAIN],
  testing: ['driver', 'gateway', 'protocol', 'crypto', 'media', ...PLAIN],
  cli: ['index', 'driver', 'audio', 'frames', 'server', 'nodes', 'protocol', 'crypto', ...PLAIN],
};
/** Parts that only the outside imports. */
const OUTERMOST = ['drive-voice', 'engine', 'workers', 'nodes', 'testing', 'server', 'cli', 'index', 'connect', 'use-session', 'voice-retry', 'voice-failure', 'adapters'];

function imports(file: string): string[] {
  return [...text(file).matchAll(/(?:from|import\()\s*'([^']+)'/g)].map((match) => match[1]!);
}

/** The files of ours that a file imports, types included. */
function targets(file: string): string[] {
  return imports(file)
    .filter((name) => name.startsWith('.'))
    .map((name) => posix.join(dirname(file), name).replace(/\.js$/, '.ts'));
}

describe('the direction of imports', () => {
  it.each(FILES.filter((file) => file !== 'driver.ts'))('%s', (file) => {
    const own = part(file);
    const allowed = MAY_IMPORT[own] ?? [];
    const foreign = imports(file)
      .filter((name) => name.startsWith('.'))
      .map((name) => posix.join(dirname(file), name).replace(/\.js$/, ''))
      .filter((target) => part(`${target}.ts`) !== own);
    const wrong = foreign.filter((target) => !allowed.some((may) => target === may || part(`${target}.ts`) === may));
    expect(wrong).toEqual([]);
  });

  it('nothing inner imports the outermost parts', () => {
    const inner = FILES.filter((file) => ![...OUTERMOST, 'driver'].includes(part(file)) || file.startsWith('driver/'));
    expect(inner.filter((file) => imports(file).some((name) => /\/(testing|server|cli|adapters)\//.test(name)))).toEqual([]);
  });

  it('a voice server is no client of ours: only the members of a simulated Discord are', () => {
    const clients = /\/(connect|driver|media|net)(\/|\.js)/;
    const own = FILES.filter((file) => file.startsWith('server/') && targets(file).some((target) => clients.test(`/${target.replace(/\.ts$/, '.js')}`) && !target.startsWith('server/')));
    expect(own.filter((file) => !/^server\/discord\/(verbs\/|start\.ts$)/.test(file))).toEqual([]);
  });

  it('protocol and crypto know no rxjs, and protocol nothing at all', () => {
    expect(FILES.filter((file) => /^(protocol|crypto)\//.test(file) && imports(file).includes('rxjs'))).toEqual([]);
    const bare = (file: string): boolean => imports(file).some((name) => !name.startsWith('.'));
    expect(FILES.filter((file) => file.startsWith('protocol/') && bare(file))).toEqual([]);
  });

  it("rxjs is imported from 'rxjs' only", () => {
    // TestScheduler is exported nowhere else.
    const kit = (file: string): boolean => file.startsWith('testing/marbles/');
    expect(FILES.flatMap((file) => imports(file).filter((name) => !(kit(file) && name === 'rxjs/testing'))).filter((name) => /^rxjs./.test(name))).toEqual([]);
  });
});

/**
 * The rooms (subfolders) of the folders that have some, floor by floor from the bottom up. A file imports from its own room and lower floors of its
 * folder, and nothing from above; rooms on the same floor do not import each other. A name with an extension is a file beside the rooms.
 */
type Floor = string | readonly string[];
const FLOORS: Readonly<Record<string, readonly Floor[]>> = {
  cli: [
    ['terminal', 'values.ts', 'version.ts'],
    ['command.ts', 'report.ts'],
    ['files', 'help.ts', 'until-stopped.ts', 'discord'],
    'place',
    ['demo', 'doctor', 'node', 'play', 'record', 'serve'],
    'commands.ts',
    'main.ts',
  ],
  audio: [
    ['errors.ts', 'promise-like.ts', 'ssrc-table.ts', 'whole-number.ts', 'timing'],
    ['bytes', 'ffmpeg'],
    'pcm',
    'jitter',
    'opus',
    'steps',
    ['mp4', 'ogg', 'speakers', 'webm'],
    ['recorder', 'sources'],
    ['broadcast', 'desk', 'playlist'],
    'index.ts',
  ],
  'audio/steps': [
    ['live.ts', 'piece.ts'],
    ['numbers.ts', 'pulled.ts'],
    'lift.ts',
    'step.ts',
    ['encode-opus.ts', 'level', 'resample.ts'],
    ['crossing.ts', 'generate.ts'],
    'switch-filter.ts',
    ['channels.ts', 'filters'],
    'loudness',
  ],
  crypto: [
    ['packet-seal.ts', 'nonce-counter.ts', 'result-views.ts', 'random.ts', 'libsodium.d.ts'],
    'gcm',
    ['aes-gcm.ts', 'secretbox.ts', 'xchacha.ts', 'client-counters.ts'],
    'seal.ts',
  ],
  media: [
    ['frame-cipher.ts', 'media-time.ts', 'interceptor.ts'],
    'traffic.ts',
    ['receive', 'send'],
  ],
  driver: [['ports.ts', 'deadlines.ts'], ['recovery', 'dave'], ['insulated-provider.ts', 'insulated-transports.ts'], 'options.ts', 'check-options.ts', 'resolve-options.ts', 'session', ['connection', 'engine.ts'], ['stages', 'signals.ts'], 'drive.ts'],
  engine: [['carriage.ts', 'losses.ts', 'lost-for-good.ts', 'frame-batch.ts', 'frame-samples.ts', 'held.ts', 'held-signals.ts', 'portable-options.ts', 'session-moved.ts', 'session-news.ts', 'wire-error.ts'], 'wire.ts', ['sent-run.ts', 'sink.ts'], 'answer.ts', ['peer.ts', 'frame-run.ts', 'demand-run.ts', 'frame-store.ts'], 'outbox.ts', ['frame-inlet.ts', 'frame-outlet.ts', 'link.ts'], 'home-side.ts', 'hand-over', ['play-relay.ts', 'serve-engine.ts'], 'plays.ts', 'session-mirror.ts', 'remote-session.ts', 'direct.ts'],
  workers: [['shared', 'late-frames.ts', 'open-source.ts', 'told-to-thread.ts'], 'message-port.ts', 'worker.ts', 'thread.ts', 'worker-engine.ts', 'index.ts'],
  'workers/shared': ['ring.ts', 'records.ts', ['line.ts', 'rounds.ts'], ['home-line.ts', 'thread-line.ts']],
  nodes: [
    ['address.ts', 'connection.ts', 'fence.ts', 'fresh-name.ts', 'open-source.ts', 'owned.ts', 'placement.ts', 'turns.ts', 'residents.ts', 'link', 'keep', 'hand-over', 'node-session.ts'],
    ['registry', 'process-name.ts'],
    ['guest.ts', 'host.ts', 'node-table.ts', 'positions', 'balance'],
    'guests.ts',
    ['node-life.ts', 'bot.ts'],
    'voice-node.ts',
    'nats-engine.ts',
    'index.ts',
  ],
  'nodes/keep': [['kept-play.ts', 'spare-credentials.ts'], 'kept-plays.ts', 'kept-session.ts', 'keeper.ts'],
  'nodes/positions': [['checkpoints.ts', 'position.ts', 'source-name.ts', 'track.ts'], 'predecessor.ts', 'place.ts', 'positions.ts'],
  'nodes/balance': [['arriving.ts', 'surplus.ts', 'peers.ts'], 'sample.ts', 'rebalanced.ts'],
  'nodes/link': [['packet.ts', 'codec.ts'], 'link.ts', 'link-port.ts'],
  server: [
    ['counters.ts', 'defaults.ts', 'guilds.ts', 'loopback.ts', 'rules', 'timers.ts', 'whole-number.ts'],
    ['dave', 'traffic'],
    'faults',
    ['events.ts', 'options.ts'],
    ['sessions', 'session-accounts.ts', 'suspicions.ts'],
    ['control', 'gateway', 'media'],
    'machine',
    'server.ts',
    'discord',
    'index.ts',
  ],
  'server/discord': ['plain', 'world', 'voice', ['gateway', 'rest', 'verbs'], 'start.ts', 'index.ts'],
  'server/dave': [['events.ts', 'faults.ts', 'mls', 'serial.ts'], ['members', 'options.ts'], 'group', 'delivery-service.ts', 'index.ts'],
  testing: [['test-frames.ts', 'timeline', 'dave'], 'world', 'double', 'rules', 'marbles', 'index.ts'],
  gateway: [
    ['port.ts', 'target.ts', 'shard.ts', 'arguments.ts', 'channel-memory.ts', 'command-pace.ts', 'likely-cause.ts', 'member-voice-state.ts', 'wait.ts'],
    ['crossed-moves.ts', 'guild-table.ts', 'desired-state.ts', 'held-wishes.ts', 'side-news.ts', 'whereabouts.ts'],
    ['leaves.ts', 'occupancy.ts', 'halves.ts'],
    'membership.ts',
    'signalling.ts',
  ],
};

describe('the floors of a folder', () => {
  const folders = Object.entries(FLOORS);
  /** The floor of a file, by the room or the file that the plan names. */
  const floorOf = (floors: readonly Floor[], inside: string): { floor: number; room: string } => {
    const room = inside.includes('/') ? inside.slice(0, inside.indexOf('/')) : inside;
    return { floor: floors.findIndex((rooms) => rooms === room || (Array.isArray(rooms) && rooms.includes(room))), room };
  };

  it.each(folders)('%s: every room and file has its floor, and every floor is lived on', (folder, floors) => {
    const inside = FILES.filter((file) => file.startsWith(`${folder}/`)).map((file) => file.slice(folder.length + 1));
    const rooms = new Set(inside.map((file) => floorOf(floors, file).room));
    expect([...rooms].sort()).toEqual(floors.flat().sort());
  });

  it.each(folders)('%s: imports fall', (folder, floors) => {
    const wrong = FILES.filter((file) => file.startsWith(`${folder}/`)).flatMap((file) => {
      const own = floorOf(floors, file.slice(folder.length + 1));
      return targets(file)
        .filter((target) => target.startsWith(`${folder}/`))
        .filter((target) => {
          const other = floorOf(floors, target.slice(folder.length + 1));
          return other.room !== own.room && other.floor >= own.floor;
        })
        .map((target) => `${file} -> ${target}`);
    });
    expect(wrong).toEqual([]);
  });
});

/** The import cycles among files: each as the path from its first file back to it. */
function circles(files: readonly string[]): string[] {
  const found: string[] = [];
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    else if (!done.has(file)) {
      for (const target of targets(file)) if (files.includes(target)) walk(target, [...path, file]);
      done.add(file);
    }
  };
  for (const file of files) walk(file, []);
  return found;
}

describe('what is loaded late', () => {
  it('a thread has no audio layer before a source is to be opened in it', () => {
    const loaded = new Set<string>();
    const load = (file: string): void => {
      if (loaded.has(file)) return;
      loaded.add(file);
      for (const [, name] of text(file).matchAll(/^(?:import|export) (?!type\b)[^;]*?from '(\.[^']+)'/gm)) load(posix.join(dirname(file), name!).replace(/\.js$/, '.ts'));
    };
    load('workers/worker.ts');
    expect([...loaded]).toContain('engine/serve-engine.ts');
    expect([...loaded].filter((file) => file.startsWith('audio/'))).toEqual([]);
    expect(targets('workers/worker.ts')).toContain('workers/open-source.ts');
  });
});

describe('no circle of files', () => {
  it('anywhere, types included', () => {
    expect(circles(FILES)).toEqual([]);
  });
});

describe('time, randomness and sockets are arguments', () => {
  /** Code that reaches the outside world, and the files that may contain it. Servers and commands are part of the outside. */
  const owners: readonly [string, RegExp, RegExp][] = [
    ['timers', /\b(setTimeout|setInterval|setImmediate|queueMicrotask|nextTick)\s*\(/, /^(socket-turns|server\/|cli\/|engine\/outbox|workers\/shared\/thread-line)/],
    ['dates', /\bDate\.now|\bnew Date\b|\bperformance\.now|\bhrtime\b/, /^(steady-scheduler|nodes\/registry\/machine-sleep|server\/|cli\/)/],
    // Its now() is the wall clock, which can be set.
    ['the scheduler of the wall clock', /\basyncScheduler\b/, /^(steady-scheduler|server\/|cli\/)/],
    ['randomness', /\bMath\.random|\brandomBytes\b(?!,|;|:)/, /^(crypto\/random|driver\/resolve-options|driver\/stages\/outgoing|nodes\/fresh-name|server\/|cli\/)/],
    ['UDP sockets', /'(node:)?dgram'/, /^(net\/udp|server\/|cli\/doctor\/checks\/udp)/],
    ['WebSockets', /from 'ws'/, /^(net\/socket|server\/|cli\/discord\/socket|cli\/serve\/main-gateway)/],
    ['the MLS library', /@snazzah\/davey/, /^dave\//],
    ['other network', /'(node:)?(net|https?|tls)'/, /^(net\/tls|server\/|cli\/node\/health)/],
    ['fetch', /\bfetch\(/, /^(audio\/sources\/input\/http|server\/|cli\/)/],
    ['processes', /'(node:)?child_process'/, /^(audio\/ffmpeg\/|audio\/sources\/ffmpeg\/|server\/|cli\/)/],
  ];
  it.each(owners)('%s', (_, reach, owner) => {
    expect(FILES.filter((file) => !owner.test(file) && reach.test(code(file)))).toEqual([]);
  });
});

describe('a test that fails can be repeated', () => {
  const TESTS = join(ROOT, 'test');
  const tests = readdirSync(TESTS, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts') && file !== 'architecture.test.ts');
  const lines = tests.flatMap((file) => readFileSync(join(TESTS, file), 'utf8').split('\n').map((line) => `${file}: ${line.trim()}`)); // prettier-ignore

  // fast-check's assert prints the seed and path of a failure. Other random numbers print nothing, so they are seeded.
  it('what is random is drawn by fc.assert, or by a seed that stands in the test', () => {
    expect(lines.filter((line) => /\bfc\.assert\(/.test(line)).length).toBeGreaterThan(100);
    expect(lines.filter((line) => /\bMath\.random\b|\bfc\.check\(/.test(line))).toEqual([]);
    expect(lines.filter((line) => /\bfc\.sample\(/.test(line) && !/\bseed\b/.test(line))).toEqual([]);
  });
});

describe('the shape of files', () => {
  it('none is longer than 300 lines, and half are shorter than 90', () => {
    const lengths = FILES.map((file) => text(file).split('\n').length);
    expect(FILES.filter((_, i) => lengths[i]! > 300)).toEqual([]);
    expect([...lengths].sort((a, b) => a - b)[lengths.length >> 1]).toBeLessThan(90);
  });

  it('no default exports, no any, no ts-ignore', () => {
    const exempt = /\.d\.ts$/; // declares somebody else's default export
    expect(FILES.filter((file) => !exempt.test(file) && /\bexport default\b|[:<] ?any\b|@ts-(ignore|nocheck)/.test(code(file)))).toEqual([]);
  });
});

describe('the public entries', () => {
  const pkg = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { types: string; default: string }>;
  };
  const entries = Object.entries(pkg.exports).flatMap(([name, target]) =>
    typeof target === 'string' ? [] : [{ name, file: target.default.replace(/^\.\/dist\/(.*)\.js$/, '$1.ts'), types: target.types }],
  );

  it('have types beside each of them', () => {
    expect(entries.map(({ types, file }) => types === `./dist/${file.replace(/\.ts$/, '.d.ts')}`)).toEqual(entries.map(() => true));
    expect(entries.map(({ name }) => name)).toEqual(['.', './driver', './audio', './adapters', './testing', './workers', './nodes', './server']);
  });
});
