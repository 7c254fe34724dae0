/** Declarations that every code block of the documentation may use. */
import type { BehaviorSubject, Observable, Subject } from 'rxjs';
import type { FrameInput, GatewayPayload, GatewayPort, OpusFrame, VoiceSession, VoiceTarget } from 'rxvoice';
import type { LoopbackVoiceServer } from 'rxvoice/server';

export declare const session: VoiceSession;
export declare const gateway$: GatewayPort;
export declare const ids: VoiceTarget;
export declare const guildId: string;
export declare const channelId: string;
export declare const userId: string;
export declare const server: LoopbackVoiceServer;
export declare const frames: Iterable<OpusFrame>;
export declare const frames$: Observable<OpusFrame>;
export declare const songs$: Observable<FrameInput>;
export declare const channel$: Observable<string>;
export declare const payloads$: Observable<GatewayPayload>;
export declare const shard: { send(text: string): void };
export declare const paused$: BehaviorSubject<boolean>;
export declare const skip$: Subject<void>;
export declare const stop$: Subject<void>;
export declare const speech$: Observable<Int16Array>;
export declare const stream: AsyncIterable<Uint8Array>;
export declare const said$: Observable<Int16Array>;

/** Placeholders for parts of the user's bot. */
export declare const speaker: { write(bytes: Uint8Array): void };
export declare const show: (position: number) => void;
export declare const gauge: { set(value: number, label?: string | null): void };
export declare const answer: (spurt: unknown) => Observable<never>;
export declare const store: {
  create(name: string): Promise<{ put(bytes: Uint8Array, position: number): Promise<void>; done(): Promise<void> }>;
};
export declare const rest: { get(route: string): Promise<never> };
export declare const Routes: { guildVoiceState(guildId: string, userId: string): string };
