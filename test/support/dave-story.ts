/** Runs one session against the DAVE half of a voice server in virtual time, and returns a chronicle of lines. */
import { asyncScheduler, map, mergeMap, Observable, Subject, switchMap, timer } from 'rxjs';
import type { DaveProvider } from '../../src/driver/dave/provider.js';
import type { Transports } from '../../src/driver/ports.js';
import { connectVoice$, type LogEvent, type PlayOptions, type VoiceOptions, type VoiceState } from '../../src/index.js';
import { encodeJsonFrame, encodeServerBinary, parseJsonFrame, type WireMessage } from '../../src/protocol/frames.js';
import { VoiceOp } from '../../src/protocol/opcodes.js';
import { testFrames, type VirtualVoice } from '../../src/testing/index.js';
import { IDS, virtualTime, world } from './virtual-time.js';
import { FakeProvider, into, SENDER } from '../unit/driver/dave/fake-provider.js';

/** The DAVE half of a story's voice server. */
export interface DaveServer {
  readonly voice: VirtualVoice;
  json(op: number, d: unknown): void;
  binary(op: number, ...body: readonly number[]): void;
  /** Sends opcode 4 unchanged, with any version and key. */
  describe(d: Readonly<Record<string, unknown>>): void;
}

export interface Story {
  /** The DAVE version in opcode 4; a list gives one version for each Identify, in order. Default 1. */
  readonly version?: number | readonly number[];
  readonly provider?: DaveProvider | false;
  readonly options?: VoiceOptions;
  readonly play?: PlayOptions;
  readonly frames?: number;
  /** Whether the chronicle includes `health$`. */
  readonly health?: boolean;
  readonly until: number;
}

/** Joins and plays. The chronicle lists what is sent (DAVE messages, audio), the states, and the session's notifications. */
export function story({ version = 1, provider = new FakeProvider(), options = {}, play, frames = 3, health = false, until }: Story, act: (server: DaveServer) => void): string[] {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(`${asyncScheduler.now()} ${line}`);
  virtualTime(({ flush }) => {
    const { voice, options: base } = world();
    const binary$ = new Subject<WireMessage>();
    const log = (event: LogEvent): void => {
      if (event.type === 'state') note(brief(event.state));
      if (event.type === 'ignored' && event.what === 'opcode 4') note(`ignored 4: ${event.reason}`);
    };
    const session$ = connectVoice$(voice.gateway, IDS, {
      ...base,
      ...options,
      log,
      transports: daveTransports(voice.transports, [version].flat(), binary$, note),
      dave: provider,
    });
    voice.packets$.subscribe(({ payload, timestamp }) => note(`rtp t${timestamp} ${audio(payload)}`));
    const subscription = session$
      .pipe(
        mergeMap((session) => [
          session.e2ee$.pipe(map((state) => e2ee(state as unknown as Record<string, unknown>))),
          ...(health ? [session.health$.pipe(map(({ ready, reason }) => `health ${ready ? 'ready' : reason}`))] : []),
          session.play(testFrames(frames), play).pipe(map((event) => (event.type === 'sent' ? '' : event.type))),
        ]),
        mergeMap((told$) => told$),
      )
      .subscribe({
        next: (told) => told !== '' && note(told),
        error: (error: unknown) => note(String(error)),
      });
    act({
      voice,
      json: (op, d) => voice.say(op, d),
      binary: (op, ...body) => binary$.next(encodeServerBinary(op, Uint8Array.from(body), 1)),
      describe: (d) => binary$.next(encodeJsonFrame(VoiceOp.SessionDescription, d)),
    });
    timer(until).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return lines.filter((line) => !/ (signalling|failed|connecting (?!dave)\w+)$/.test(line));
}

/** The virtual server has no DAVE: this sets the version in its opcode 4, and merges in binary messages. */
function daveTransports(transports: Transports, versions: readonly number[], binary$: Observable<WireMessage>, note: (line: string) => void): Transports {
  let descriptions = 0;
  const next = (): number => versions[Math.min(descriptions++, versions.length - 1)]!;
  return {
    ...transports,
    socket$: (...args) =>
      transports.socket$(...args).pipe(
        switchMap(
          (socket) =>
            new Observable<typeof socket>((subscriber) => {
              const messages$ = new Subject<WireMessage>();
              subscriber.next({
                messages$,
                drop: (code, reason) => socket.drop(code, reason),
                send: (message) => {
                  const op = typeof message === 'string' ? parseJsonFrame(message)!.op : message[0]!;
                  if (op >= 21 || op === VoiceOp.Speaking) note(`> ${op}${detail(message)}`);
                  socket.send(message);
                },
              });
              subscriber.add(binary$.subscribe(messages$));
              subscriber.add(socket.messages$.subscribe((message) => messages$.next(described(message, next))));
            }),
        ),
      ),
  };
}

function described(message: WireMessage, version: () => number): WireMessage {
  const frame = typeof message === 'string' ? parseJsonFrame(message) : undefined;
  if (frame?.op !== VoiceOp.SessionDescription) return message;
  return encodeJsonFrame(frame.op, { ...(frame.d as object), dave_protocol_version: version() });
}

function detail(message: WireMessage): string {
  if (typeof message !== 'string') return '';
  const { op, d } = parseJsonFrame(message)!;
  const { transition_id, speaking } = d as { transition_id?: number; speaking?: number };
  return op === VoiceOp.Speaking ? ` speaking ${speaking}` : ` ${transition_id}`;
}

/** A frame of the fake library ends in FA FA and has its epoch in the tag; the third byte of a test frame is its number. */
function audio(payload: Uint8Array): string {
  if (payload.length === 3) return 'silence';
  const end = payload.length;
  const epoch = payload[end - 1] === 0xfa ? payload[end - 5]! : 0;
  return `frame ${payload[2]! ^ epoch} ${epoch === 0 ? 'in the clear' : `of epoch ${epoch}`}`;
}

function brief(state: VoiceState): string {
  return state.status === 'connecting' ? `connecting ${state.stage}` : state.status === 'ready' ? `ready v${state.daveVersion}` : state.status;
}

function e2ee({ version, status, epoch }: Record<string, unknown>): string {
  return `e2ee v${String(version)} ${String(status)} ${String(epoch)}`;
}

/** Sends the list of members at 45 ms, before opcode 4 (at 60), as the real service does; then the external sender. */
export function others(server: DaveServer): void {
  timer(45).subscribe(() => server.json(VoiceOp.ClientsConnect, { user_ids: ['40'] }));
  timer(70).subscribe(() => server.binary(VoiceOp.MlsExternalSender, ...SENDER));
}

/** Opcode 30. */
export const welcome = (server: DaveServer, id: number, epoch: number): void => server.binary(VoiceOp.MlsWelcome, 0, id, ...into(epoch, 30, 40));
