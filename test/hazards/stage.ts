/** A session in virtual time with its wires exposed: every message and datagram of the client, and a way to send the client anything. */
import { asyncScheduler, map, Observable, Subject, switchMap, tap, timer, type Subscriber, type Subscription } from 'rxjs';
import { connectVoice$, type GatewayPort, type LogEvent, type VoiceOptions, type VoiceSession, type VoiceTarget } from '../../src/index.js';
import type { Transports, VoiceSocket } from '../../src/driver/ports.js';
import { endpointUrl } from '../../src/net/endpoint.js';
import { createSeal } from '../../src/crypto/seal.js';
import { encodeJsonFrame, encodeServerBinary, parseJsonFrame, type WireMessage } from '../../src/protocol/frames.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { isRtcp, parseRtpHeader, type RtpHeader } from '../../src/protocol/rtp.js';
import { isSilenceFrame } from '../../src/protocol/silence.js';
import { voiceState, type VirtualVoice, type VirtualVoiceOptions } from '../../src/testing/index.js';
import { IDS, virtualTime, world } from '../support/virtual-time.js';
import { SENDER } from '../unit/driver/dave/fake-provider.js';

/** A text message of the client. */
export interface Said {
  readonly at: number;
  readonly op: number;
  readonly d: Readonly<Record<string, unknown>>;
}

/** A datagram of the client. */
export interface Datagram {
  readonly at: number;
  readonly bytes: Uint8Array;
}

/** What the client did and reported. */
export interface Wire {
  readonly voice: VirtualVoice;
  /** Op 4, as `time channel`. */
  readonly op4: string[];
  /** WebSockets, as `time endpoint`. */
  readonly sockets: string[];
  readonly said: Said[];
  readonly datagrams: Datagram[];
  readonly log: LogEvent[];
  /** From `state$`: `time status`, and the channel where there is one. */
  readonly states: string[];
  /** How the subscription ended: `open`, `completed`, or the error's text. */
  outcome: string;
  error: unknown;
  session: VoiceSession | undefined;
  subscription: Subscription;
  /** Hands the client any message on the open WebSocket. */
  raw(message: WireMessage): void;
  binary(op: number, seq: number, ...body: readonly number[]): void;
  /** Hands the client a datagram. */
  deliver(datagram: Uint8Array): void;
  /** Loses the open WebSocket, with any error. */
  lose(error: unknown): void;
}

export interface StageOptions {
  readonly until: number;
  readonly server?: Partial<VirtualVoiceOptions>;
  readonly options?: VoiceOptions;
  readonly target?: Partial<VoiceTarget>;
  /** The secret key of the nth Session Description, from 0. Default 32 sevens, as the virtual server has it. */
  readonly key?: (identify: number) => Uint8Array;
  readonly daveVersion?: number;
  /** What stands between the bot gateway and `connectVoice$`. */
  readonly gateway?: (port: GatewayPort) => GatewayPort;
  /** What stands between `connectVoice$` and the subscriber. */
  readonly then?: (session$: Observable<VoiceSession>) => Observable<unknown>;
}

export const KEY = new Uint8Array(32).fill(7);

/** Joins, applies the faults of `act`, and leaves at `until` ms. */
export function onStage(stage: StageOptions, act: (wire: Wire) => void = () => undefined): Wire {
  let wire: Wire | undefined;
  virtualTime(({ flush }) => {
    wire = begin(stage, act);
    flush();
  });
  return wire!;
}

function begin(stage: StageOptions, act: (wire: Wire) => void): Wire {
  const { voice, options } = world(stage.server);
  const { then = (session$) => session$, gateway = (port) => port } = stage;
  const bare = new BareWires(voice.transports, stage);
  const wire: Wire = {
    voice, op4: [], sockets: bare.sockets, said: bare.said, datagrams: bare.datagrams, log: [], states: [], outcome: 'open',
    error: undefined, session: undefined, subscription: undefined!,
    raw: (message) => bare.messages$?.next(message),
    binary: (op, seq, ...body) => bare.messages$?.next(encodeServerBinary(op, Uint8Array.from(body), seq)),
    deliver: (datagram) => bare.datagrams$?.next(datagram),
    lose: (error) => bare.socket?.error(error),
  }; // prettier-ignore
  voice.commands$.subscribe(({ d }) => wire.op4.push(`${asyncScheduler.now()} ${d.channel_id ?? 'null'}`));
  const session$ = connectVoice$(gateway(voice.gateway), { ...IDS, ...stage.target }, {
    ...options,
    ...stage.options,
    transports: bare.transports,
    log: (event) => {
      wire.log.push(event);
      stage.options?.log?.(event);
    },
  }).pipe(
    tap((session) => {
      wire.session = session;
      session.state$.subscribe((state) => wire.states.push(`${asyncScheduler.now()} ${state.status}${'channelId' in state ? ` ${state.channelId}` : ''}`));
    }),
  );
  act(wire);
  wire.subscription = then(session$).subscribe({
    error: (error: unknown) => {
      wire.error = error;
      wire.outcome = String(error);
    },
    complete: () => (wire.outcome = 'completed'),
  });
  timer(stage.until).subscribe(() => wire.subscription.unsubscribe());
  return wire;
}

/** Stands between the client and the virtual server. */
class BareWires {
  readonly sockets: string[] = [];
  readonly said: Said[] = [];
  readonly datagrams: Datagram[] = [];
  messages$: Subject<WireMessage> | undefined;
  datagrams$: Subject<Uint8Array> | undefined;
  socket: Subscriber<VoiceSocket> | undefined;
  readonly transports: Transports;
  readonly #stage: StageOptions;
  #descriptions = 0;

  constructor(inner: Transports, stage: StageOptions) {
    this.#stage = stage;
    this.transports = {
      socket$: (endpoint, version) => {
        this.sockets.push(`${asyncScheduler.now()} ${endpoint}`);
        // Fails as the real transports do for an invalid endpoint.
        endpointUrl(endpoint, version);
        return inner.socket$(endpoint, version).pipe(switchMap((socket) => this.#socket$(socket)));
      },
      udp$: (address) =>
        inner.udp$(address).pipe(
          switchMap(
            (port) =>
              new Observable<typeof port>((subscriber) => {
                const datagrams$ = (this.datagrams$ = new Subject());
                subscriber.add(port.datagrams$.subscribe(datagrams$));
                subscriber.next({
                  datagrams$,
                  send: (bytes) => {
                    this.datagrams.push({ at: asyncScheduler.now(), bytes });
                    port.send(bytes);
                  },
                });
              }),
          ),
        ),
    };
  }

  #socket$(socket: VoiceSocket): Observable<VoiceSocket> {
    return new Observable((subscriber) => {
      this.socket = subscriber;
      const messages$ = (this.messages$ = new Subject());
      subscriber.add(socket.messages$.pipe(map((message) => this.#described(message))).subscribe(messages$));
      subscriber.next({
        messages$,
        drop: (code, reason) => socket.drop(code, reason),
        send: (message) => {
          const frame = typeof message === 'string' ? parseJsonFrame(message)! : undefined;
          // The delivery service identifies itself to a client that sends a key package.
          if (message[0] === VoiceOp.MlsKeyPackage) after(10, () => messages$.next(encodeServerBinary(VoiceOp.MlsExternalSender, SENDER, 1)));
          if (frame !== undefined) this.said.push({ at: asyncScheduler.now(), op: frame.op, d: frame.d as Said['d'] });
          socket.send(message);
        },
      });
    });
  }

  #described(message: WireMessage): WireMessage {
    const { key, daveVersion = 0 } = this.#stage;
    const frame = typeof message === 'string' ? parseJsonFrame(message) : undefined;
    if (frame?.op !== VoiceOp.SessionDescription || (key === undefined && daveVersion === 0)) return message;
    const secret = key?.(this.#descriptions++) ?? KEY;
    return encodeJsonFrame(frame.op, { ...(frame.d as object), secret_key: [...secret], dave_protocol_version: daveVersion });
  }
}

/** The client's messages with this opcode. */
export function saidOf({ said }: Wire, op: number): Said[] {
  return said.filter((message) => message.op === op);
}

/** A voice packet on the wire: its RTP header, its last four bytes (the nonce's counter), and its payload. */
export interface Packet {
  readonly at: number;
  readonly header: RtpHeader;
  /** Little-endian. */
  readonly counter: number;
  readonly payload: Uint8Array | undefined;
  readonly silence: boolean;
}

/** The voice packets among the datagrams, opened with `key`. */
export function packetsOf({ datagrams }: Pick<Wire, 'datagrams'>, key: Uint8Array = KEY): Packet[] {
  const seal = createSeal('aead_aes256_gcm_rtpsize', key, { random: (bytes) => new Uint8Array(bytes) });
  return datagrams.flatMap(({ at, bytes }) => {
    const header = parseRtpHeader(bytes);
    if (header === undefined || isRtcp(bytes) || bytes.length < 32) return [];
    const counter = Buffer.from(bytes).readUInt32LE(bytes.length - 4);
    const payload = seal.open(bytes, header.headerBytes)?.slice();
    return [{ at, header, counter, payload, silence: payload !== undefined && isSilenceFrame(payload) }];
  });
}

export const after = (ms: number, act: () => void): void => void timer(ms).subscribe(act);
/** The time of each line: `60 ready 20` gives 60. */
export const times = (lines: readonly string[]): number[] => lines.map((line) => parseInt(line, 10));
export const without = (lines: readonly string[]): string[] => lines.map((line) => line.replace(/^\d+ /, ''));
/** Names a voice server as Discord does. */
export const nameServer = (voice: VirtualVoice, token: string, endpoint: string | null = 'voice.test:443'): void =>
  voice.dispatch('VOICE_SERVER_UPDATE', { guild_id: IDS.guildId, token, endpoint });
/** Says where the bot is, as Discord does. */
export const place = (voice: VirtualVoice, channelId: string | null, sessionId?: string): void =>
  voice.dispatch('VOICE_STATE_UPDATE', voiceState(IDS.guildId, channelId, sessionId));
