/**
 * No token, session id or key is disclosed: not in a log event, a state, a value of the session, an error (message, stack, causes, own
 * properties), nor on the console. Random storms, seeded, in which the server and the bot gateway send our secrets back to us in every
 * place and form, and in which thrown errors contain them in their text.
 *
 * rxvoice guards whatever it emits itself, and the causes of its own errors. It does not guard a foreign error that it passes on unchanged,
 * such as one of a `channelId` Observable, of a source of frames, or a foreign class from transports of your own.
 */
import { inspect } from 'node:util';
import { map, mergeMap } from 'rxjs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import fc from 'fast-check';
import { gatewayPort, VoiceError, VoiceSocketClosedError, type GatewayPort } from '../../src/index.js';
import { CLOSE_CODES } from '../../src/protocol/close-codes.js';
import { testFrames } from '../../src/testing/index.js';
import { after, nameServer, onStage, place, type Wire } from '../hazards/stage.js';
import { formsOf, leaks, textsOf } from '../support/secret-forms.js';
import { FakeGroup, FakeProvider } from '../unit/driver/dave/fake-provider.js';

/** The secrets of one story: tokens and session ids in the format of Discord's, and the keys. */
class Secrets {
  readonly all: (string | Uint8Array)[] = [];
  readonly #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  token(): string {
    return this.#keep(Buffer.from(this.#bytes(8)).toString('hex'));
  }

  sessionId(): string {
    return this.#keep(Buffer.from(this.#bytes(24)).toString('base64url'));
  }

  key(): Uint8Array {
    return this.#keep(this.#bytes(32));
  }

  /** One of the secrets, in one of its forms; both indices may be out of range. */
  form(which: number, form: number): string {
    const secret = this.all[which % Math.max(1, this.all.length)] ?? 'nothing yet';
    const forms = formsOf(secret);
    return forms[form % forms.length]!;
  }

  #keep<T extends string | Uint8Array>(secret: T): T {
    this.all.push(secret);
    return secret;
  }

  #bytes(length: number): Uint8Array {
    let state = (this.#seed + 977 * this.all.length + 1) >>> 0;
    return Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    });
  }
}

type Say = (wire: Wire, secret: string, n: number) => void;

/** An error as careless code throws it: the secret in its message, in a property, and in a cause of its cause. */
function careless(secret: string): Error {
  const deepest = Object.assign(new TypeError(`bad value ${secret}`), { value: secret, bytes: Buffer.from(secret, 'latin1') });
  return Object.assign(new Error(`could not send {"token":"${secret}"}`, { cause: new Error('in between', { cause: deepest }) }), { request: { body: { token: secret } } });
}

const CODES = [...Object.keys(CLOSE_CODES).map(Number), 3_999, 4_777];
const FIELDS = ['modes', 'mode', 'ip', 'ssrc', 'port', 'heartbeat_interval', 'v', 'secret_key', 'user_id', 'user_ids', 'audio_ssrc', 't', 'transition_id', 'protocol_version', 'epoch', 'dave_protocol_version'];

/** What Discord, the network and the application may do with a secret. */
const ACTS: Readonly<Record<string, Say>> = {
  'close with a reason': (wire, secret, n) => wire.lose(new VoiceSocketClosedError(CODES[n % CODES.length]!, `no: ${secret}`)),
  'close with a cause': (wire, secret, n) => wire.lose(new VoiceSocketClosedError(CODES[n % CODES.length]!, 'no', { cause: careless(secret) })),
  'close for want of a network': (wire, secret) => wire.lose(new VoiceSocketClosedError(1_006, `getaddrinfo ENOTFOUND ${secret}`)),
  close: (wire, _, n) => wire.voice.close(CODES[n % CODES.length]!),
  'no JSON': (wire, secret) => wire.raw(`{"op":2,"d":{"token":"${secret}"`),
  'no frame': (wire, secret) => wire.raw(JSON.stringify({ op: secret, d: secret, seq: secret })),
  'a frame with it everywhere': (wire, secret, n) => wire.raw(JSON.stringify({ op: n % 36, d: Object.fromEntries(FIELDS.map((name) => [name, name.endsWith('s') ? [secret] : secret])), seq: n })),
  'a frame that is it': (wire, secret, n) => wire.raw(JSON.stringify({ op: n % 36, d: secret })),
  'a binary frame': (wire, secret, n) => wire.binary(n % 36, n, ...Buffer.from(secret, 'latin1')),
  'proposals that the MLS library refuses': (wire, _, n) => wire.binary(27, n, 0, 2),
  'a datagram': (wire, secret) => wire.deliver(Buffer.from(secret, 'latin1')),
  'a lost UDP socket': (wire, secret) => wire.voice.loseUdp(careless(secret)),
  'a voice state': (wire, secret) => wire.voice.dispatch('VOICE_STATE_UPDATE', { guild_id: '10', user_id: '30', channel_id: secret, session_id: secret }),
  'a voice server': ({ voice }, secret, n) => nameServer(voice, `token-${n}`, [secret, `${secret}:443`, `http://${secret}`, `ws://example.test/?t=${secret}`, `a b ${secret}`][n % 5]!),
  'a new token': ({ voice }, _, n) => nameServer(voice, `token-${n}`),
  'a null endpoint': ({ voice }, secret) => nameServer(voice, secret, null),
  'a move': ({ voice }, _, n) => place(voice, String(20 + (n % 3))),
  silence: ({ voice }, _, n) => voice.silence((['state', 'open', 'hello', 'ready', 'discovery', 'description', 'heartbeat', 'resumed'] as const)[n % 8]!),
  READY: ({ voice }, secret) => voice.dispatch('READY', { session_id: secret, shard: [secret, secret], user: secret }),
};

const act = fc.record({ at: fc.integer({ min: 1, max: 4_000 }), what: fc.constantFrom(...Object.keys(ACTS)), which: fc.nat(20), form: fc.nat(20), n: fc.nat(100_000) });
const story = fc.record({
  seed: fc.nat(),
  dave: fc.boolean(),
  /** The number of the first op 4 that the gateway cannot send. */
  mute: fc.constantFrom(0, 0, 0, 1, 2, 3, 4),
  /** Whether the story ends with an error of the gateway. */
  death: fc.boolean(),
  acts: fc.array(act, { minLength: 1, maxLength: 25 }),
});
type Story = typeof story extends fc.Arbitrary<infer S> ? S : never;

/** An MLS library that records what it was given. */
class CarelessProvider extends FakeProvider {
  constructor(readonly secret: () => string) {
    super();
  }

  override open(...options: Parameters<FakeProvider['open']>): FakeGroup {
    const { secret } = this;
    const group = super.open(...options);
    group.propose = () => {
      throw careless(secret());
    };
    return group;
  }
}

let spoken: string[];
beforeEach(() => {
  spoken = [];
  const speak = (...args: unknown[]): true => {
    spoken.push(args.map((arg) => (typeof arg === 'string' ? arg : inspect(arg))).join(' '));
    return true;
  };
  for (const method of ['log', 'info', 'warn', 'error', 'debug'] as const) vi.spyOn(console, method).mockImplementation(speak);
  vi.spyOn(process, 'emitWarning').mockImplementation(speak);
});
afterEach(() => {
  vi.restoreAllMocks();
});

interface Told {
  readonly secrets: Secrets;
  readonly log: unknown[];
  readonly values: unknown[];
  readonly error: unknown;
  readonly sessions: string[];
}

/** Runs a story, and collects everything that is reported. */
function live({ seed, dave, mute, death, acts }: Story): Told {
  const secrets = new Secrets(seed);
  const values: unknown[] = [];
  const sessions: string[] = [];
  const renamed = new Map<unknown, string>();
  const secretFor = (name: unknown, make: () => string): string => renamed.get(name) ?? renamed.set(name, make()).get(name)!;
  let sent = 0;
  // Replaces the virtual gateway's credentials by secrets that are distinct from all other words.
  const gateway = (port: GatewayPort): GatewayPort =>
    gatewayPort(
      port.pipe(
        map((payload) => {
          const d = { ...(payload.d as Record<string, unknown>) };
          if (payload.t === 'VOICE_SERVER_UPDATE') d.token = secretFor(d.token, () => secrets.token());
          if (payload.t === 'VOICE_STATE_UPDATE') d.session_id = secretFor(d.session_id, () => secrets.sessionId());
          return { ...payload, d };
        }),
      ),
      (command) => {
        sent += 1;
        if (mute > 0 && sent > mute) throw careless(secrets.form(sent, sent));
        port.next(command);
      },
    );
  const wire = onStage(
    {
      until: 60_000,
      gateway,
      key: () => secrets.key(),
      daveVersion: dave ? 1 : 0,
      options: { dave: new CarelessProvider(() => secrets.form(seed % 7, seed % 5)) },
      then: (session$) =>
        session$.pipe(
          mergeMap((session) => {
            for (const told$ of [session.state$, session.health$, session.e2ee$, session.latency$, session.members$, session.speaking$, session.receive()])
              (told$ as typeof session.state$).subscribe((value) => values.push(value));
            session.play(testFrames(60)).subscribe({ next: (event) => values.push(event), error: (error: unknown) => values.push(error) });
            return [];
          }),
        ),
    },
    (stage) => {
      for (const { at, what, which, form, n } of acts) after(at, () => ACTS[what]!(stage, secrets.form(which, form), n));
      for (const at of [70, 1_000, 5_000]) after(at, () => sessions.push(inspect(stage.session, { depth: 20, showHidden: true })));
      if (death) after(4_500, () => stage.voice.endGateway(careless(secrets.form(seed, seed % 3))));
    },
  );
  return { secrets, log: wire.log, values, error: wire.error, sessions };
}

describe('whatever happens', () => {
  it('nothing that is told holds a token, a session id or a key, in any form', () => {
    const seen = { errors: 0, causes: 0, ready: 0, events: 0, kinds: new Set<string>() };
    fc.assert(
      fc.property(story, (plot) => {
        const { secrets, log, values, sessions, error } = live(plot);
        const errors = [error, ...values].filter((value): value is Error => value instanceof Error);
        const told = [textsOf(log), textsOf(values), ...errors.map(textsOf), ...sessions, ...spoken];
        expect(leaks(told.join('\n'), secrets.all)).toEqual([]);
        for (const failure of errors) {
          expect(failure).toBeInstanceOf(VoiceError);
          seen.kinds.add((failure as VoiceError).code);
        }
        seen.errors += errors.length;
        seen.causes += errors.filter(({ cause }) => cause !== undefined).length;
        seen.events += log.length;
        seen.ready += Number(sessions.some((text) => text.includes('state$')));
      }),
      { numRuns: 100, seed: 1_109 },
    );
    // The storm was real.
    expect([...seen.kinds]).toEqual(expect.arrayContaining(['gateway', 'socket-closed', 'unsupported']));
    expect(seen.errors).toBeGreaterThan(80);
    expect(seen.causes).toBeGreaterThan(40);
    expect(seen.ready).toBeGreaterThan(50);
    expect(seen.events).toBeGreaterThan(1_500);
  });
});
