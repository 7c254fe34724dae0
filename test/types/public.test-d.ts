/** The public signatures, checked by tsc alone: nothing here runs. */
import { Observable, Subject, type Observer, type OperatorFunction, type RetryConfig, type SchedulerLike } from 'rxjs';
import { webSocket } from 'rxjs/webSocket';
import { expectTypeOf } from 'vitest';
import { driveVoice$ } from '../../src/driver.js';
import {
  connectVoice$,
  defaultRecovery,
  gatewayPort,
  recoverBy,
  RECOVERY_TABLE,
  useSession,
  voiceRetry,
  type ConnectOptions,
  type VoiceRetryOptions,
  VoiceError,
  VoiceTimeoutError,
  type E2eeState,
  type FrameInput,
  type GatewayPayload,
  type GatewayPort,
  type Latency,
  type OutboundQuality,
  type OpusFrame,
  type PlayEvent,
  type PlayOptions,
  type ReceiveStats,
  type ReceptionStats,
  type RtcpPacket,
  type Recovery,
  type RecoveryTable,
  type SpeakingEvent,
  type VoiceFailure,
  type VoiceFault,
  type VoiceHealth,
  type VoiceOptions,
  type VoicePacket,
  type VoiceServer,
  type VoiceSession,
  type VoiceSignal,
  type VoiceState,
  type VoiceStateCommand,
  type VoiceTarget,
} from '../../src/index.js';

// A GatewayPort is payloads out and op 4 in; what webSocket() returns is one already.
expectTypeOf<GatewayPort>().toEqualTypeOf<Observable<GatewayPayload> & Pick<Observer<VoiceStateCommand>, 'next'>>();
expectTypeOf(webSocket<GatewayPayload | VoiceStateCommand>('wss://gateway.test')).toExtend<GatewayPort>();
expectTypeOf(webSocket<any>('wss://gateway.test')).toExtend<GatewayPort>();
expectTypeOf(new Subject<GatewayPayload | VoiceStateCommand>()).toExtend<GatewayPort>();
expectTypeOf(gatewayPort).toEqualTypeOf<(events$: Observable<GatewayPayload>, send: (command: VoiceStateCommand) => void) => GatewayPort>();
// @ts-expect-error a port has to be able to send
connectVoice$(new Observable<GatewayPayload>(), { guildId: '1', userId: '2', channelId: '3' });

// The target: what may change is a value or an Observable.
expectTypeOf<VoiceTarget['channelId']>().toEqualTypeOf<string | Observable<string>>();
expectTypeOf<VoiceTarget['selfMute']>().toEqualTypeOf<boolean | Observable<boolean> | undefined>();
expectTypeOf<VoiceTarget['selfDeaf']>().toEqualTypeOf<boolean | Observable<boolean> | undefined>();
// @ts-expect-error the bot's own id is needed
void ({ guildId: '1', channelId: '3' } satisfies VoiceTarget);
// @ts-expect-error snowflakes are texts: as numbers they lose digits
void ({ guildId: 1, userId: '2', channelId: '3' } satisfies VoiceTarget);

expectTypeOf(connectVoice$).toEqualTypeOf<(gateway$: GatewayPort, ids: VoiceTarget, options?: ConnectOptions) => Observable<VoiceSession>>();
expectTypeOf<VoiceOptions>().toExtend<ConnectOptions>();
expectTypeOf(driveVoice$).toEqualTypeOf<(server$: Observable<VoiceSignal>, options?: VoiceOptions) => Observable<VoiceSession>>();
expectTypeOf<Observable<VoiceServer>>().toExtend<Parameters<typeof driveVoice$>[0]>();

// useSession is an operator, whose result is what the projection gives.
expectTypeOf(useSession((session) => session.play([]))).toEqualTypeOf<OperatorFunction<VoiceSession, PlayEvent>>();
expectTypeOf(useSession(() => Promise.resolve(1))).toEqualTypeOf<OperatorFunction<VoiceSession, number>>();
// @ts-expect-error a number is no stream
useSession(() => 1);

// The session.
expectTypeOf<VoiceSession['guildId' | 'userId']>().toEqualTypeOf<string>();
expectTypeOf<VoiceSession['state$']>().toEqualTypeOf<Observable<VoiceState>>();
expectTypeOf<VoiceSession['speaking$']>().toEqualTypeOf<Observable<SpeakingEvent>>();
expectTypeOf<VoiceSession['members$']>().toEqualTypeOf<Observable<ReadonlySet<string>>>();
expectTypeOf<VoiceSession['latency$']>().toEqualTypeOf<Observable<Latency>>();
expectTypeOf<VoiceSession['e2ee$']>().toEqualTypeOf<Observable<E2eeState>>();
expectTypeOf<VoiceSession['quality$']>().toEqualTypeOf<Observable<OutboundQuality>>();
expectTypeOf<VoiceSession['rtcp$']>().toEqualTypeOf<Observable<RtcpPacket>>();
expectTypeOf<VoiceSession['stats$']>().toEqualTypeOf<Observable<ReceiveStats>>();
expectTypeOf<ReceiveStats['users']>().toEqualTypeOf<ReadonlyMap<string, ReceptionStats>>();
expectTypeOf<VoiceSession['play']>().parameters.toEqualTypeOf<[FrameInput, (PlayOptions | undefined)?]>();
expectTypeOf<VoiceSession['play']>().returns.toEqualTypeOf<Observable<PlayEvent>>();
expectTypeOf<VoiceSession['receive']>().parameters.toEqualTypeOf<[(string | undefined)?]>();
expectTypeOf<VoiceSession['receive']>().returns.toEqualTypeOf<Observable<VoicePacket>>();
expectTypeOf<VoiceState['status']>().toEqualTypeOf<'signalling' | 'connecting' | 'ready' | 'resuming' | 'reconnecting' | 'ended' | 'failed'>();
expectTypeOf<Extract<VoiceState, { status: 'reconnecting' }>['closeCode']>().toEqualTypeOf<number | null>();

declare const session: VoiceSession;
// @ts-expect-error the session is not to be written to
session.guildId = '2';

// What can be played, and what cannot.
expectTypeOf<Uint8Array[]>().toExtend<FrameInput>();
expectTypeOf<Set<Buffer>>().toExtend<FrameInput>();
expectTypeOf<Generator<Uint8Array>>().toExtend<FrameInput>();
expectTypeOf<AsyncGenerator<Uint8Array>>().toExtend<FrameInput>();
expectTypeOf<NodeJS.ReadableStream & AsyncIterable<Buffer>>().toExtend<FrameInput>();
expectTypeOf<Observable<OpusFrame>>().toExtend<FrameInput>();
expectTypeOf<() => void>().not.toExtend<FrameInput>();
expectTypeOf<() => Generator<Uint8Array>>().not.toExtend<FrameInput>();
expectTypeOf<Uint8Array>().not.toExtend<FrameInput>();
expectTypeOf<string>().not.toExtend<FrameInput>();
expectTypeOf<null>().not.toExtend<FrameInput>();
// @ts-expect-error a plain function is no source
session.play(() => []);
// @ts-expect-error one frame is no list of frames
session.play(Uint8Array.of(0xf8));

// Options.
expectTypeOf<Required<NonNullable<PlayOptions['buffer']>>['overflow']>().toEqualTypeOf<'error' | 'drop-oldest' | 'drop-newest'>();
expectTypeOf<NonNullable<PlayOptions['whenBehind']>>().toEqualTypeOf<'overflow' | 'wait'>();
expectTypeOf<NonNullable<PlayOptions['whenSuspended']>>().toEqualTypeOf<'hold' | 'skip'>();
expectTypeOf<VoiceOptions['scheduler']>().toEqualTypeOf<SchedulerLike | undefined>();
expectTypeOf<VoiceOptions['random']>().toEqualTypeOf<((bytes: number) => Uint8Array) | undefined>();
// @ts-expect-error no such policy
session.play([], { buffer: { frames: 1, overflow: 'drop' } });
// @ts-expect-error no such mode
void ({ modes: ['plain'] } satisfies VoiceOptions);
// @ts-expect-error no such stage
void ({ timeouts: { lunch: 1 } } satisfies VoiceOptions);

// Events are told apart by their type.
declare const event: PlayEvent;
if (event.type === 'sent') expectTypeOf(event.position).toEqualTypeOf<number>();
if (event.type === 'finished') expectTypeOf(event.frames).toEqualTypeOf<number>();
// @ts-expect-error only what was sent has a position
void event.position;

// Errors are told apart by their code, and a switch over it can be exhaustive.
declare const failure: VoiceFailure;
expectTypeOf(failure).toExtend<VoiceError>();
if (failure.code === 'timeout') expectTypeOf(failure).toEqualTypeOf<VoiceTimeoutError>();
expectTypeOf<VoiceFailure['code']>().toEqualTypeOf<VoiceError['code']>();
// @ts-expect-error the base is abstract
void new VoiceError('x');
expectTypeOf(voiceRetry).toEqualTypeOf<(options?: VoiceRetryOptions) => RetryConfig>();
voiceRetry({ onRetry: console.warn });

// Recovery is a function of data, the default one is made of a table, and the table is changed entry by entry.
expectTypeOf<NonNullable<VoiceOptions['recovery']>>().toEqualTypeOf<(fault: VoiceFault, attempt: number) => Recovery>();
expectTypeOf(defaultRecovery).toExtend<NonNullable<VoiceOptions['recovery']>>();
expectTypeOf(recoverBy({ kicked: { action: 'rejoin' }, closed: { 4006: { action: 'wait', then: { action: 'fail' } } } })).toEqualTypeOf(defaultRecovery);
expectTypeOf(RECOVERY_TABLE).toEqualTypeOf<RecoveryTable>();
// @ts-expect-error there is no such fault
recoverBy({ kickd: { action: 'rejoin' } });
// @ts-expect-error an end needs its reason
recoverBy({ kicked: { action: 'end' } });
expectTypeOf<VoiceSession['health$']>().toEqualTypeOf<Observable<VoiceHealth>>();
expectTypeOf<VoiceHealth['reason']>().toEqualTypeOf<string | null>();
expectTypeOf<VoiceOptions['linger']>().toEqualTypeOf<number | undefined>();
