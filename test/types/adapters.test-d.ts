/** The adapters' parameter types, checked by tsc alone, against clients declared as their libraries declare them. */
import type { EventEmitter } from 'node:events';
import type { Observable } from 'rxjs';
import { expectTypeOf } from 'vitest';
import { fromDroff, fromEris, fromOceanic, type DroffClient, type ErisClient, type OceanicClient } from '../../src/adapters/index.js';
import type { GatewayPort } from '../../src/index.js';

expectTypeOf(fromEris).toEqualTypeOf<(client: ErisClient) => GatewayPort>();
expectTypeOf(fromOceanic).toEqualTypeOf<(client: OceanicClient) => GatewayPort>();
expectTypeOf(fromDroff).toEqualTypeOf<(client: DroffClient) => GatewayPort>();

// Eris: overloaded listeners, a table of plain numbers, shards in a Map with a wide key.
interface ErisEvents {
  rawWS: [packet: { op: number; t?: string; s?: number; d?: unknown }, id: number];
  ready: [];
}
declare class RealisticEris {
  guildShardMap: Record<string, number>;
  shards: Map<number | string, { status: 'connecting' | 'ready' | 'resuming'; sendWS(op: number, data: Record<string, unknown>, priority?: boolean): void }>;
  on<K extends keyof ErisEvents>(event: K, listener: (...args: ErisEvents[K]) => void): this;
  on(event: string, listener: (...args: never[]) => void): this;
  off<K extends keyof ErisEvents>(event: K, listener: (...args: ErisEvents[K]) => void): this;
  off(event: string, listener: (...args: never[]) => void): this;
}
expectTypeOf<RealisticEris>().toExtend<ErisClient>();

// Oceanic: typed events over an EventEmitter, opcodes as an enum.
declare enum Op {
  Dispatch = 0,
  VoiceStateUpdate = 4,
}
interface OceanicEvents extends Record<string | symbol, unknown[]> {
  packet: [data: { op: Op.Dispatch; t: 'READY'; s: number; d: { shard: [number, number] } } | { op: Op.Dispatch; t: 'RESUMED'; s: number; d: null }, shard: number];
  ready: [];
}
interface RealisticOceanic extends Pick<EventEmitter, 'listenerCount'> {
  guildShardMap: Map<string, number>;
  shards: Map<number, { status: 'connecting' | 'ready'; send(op: Op, data: unknown, priority?: boolean): void }>;
  on<K extends keyof OceanicEvents>(event: K, listener: (...args: OceanicEvents[K]) => void): this;
  off<K extends keyof OceanicEvents>(event: K, listener: (...args: OceanicEvents[K]) => void): this;
}
expectTypeOf<RealisticOceanic>().toExtend<OceanicClient>();

// droff: payloads with an enum for opcodes, shards that are plain objects of functions.
interface DroffPayload<T = unknown> {
  readonly op: Op;
  readonly d?: T;
  readonly s?: number | null;
  readonly t?: string | null;
}
interface RealisticDroff {
  dispatch$: Observable<DroffPayload>;
  gateway: { shards$: Observable<{ id: [number, number]; raw$: Observable<DroffPayload>; send: (payload: DroffPayload) => void; reconnect: () => void }> };
}
expectTypeOf<RealisticDroff>().toExtend<DroffClient>();

// A client of one library is none of another.
declare const eris: RealisticEris;
declare const oceanic: RealisticOceanic;
declare const droff: RealisticDroff;
// @ts-expect-error its shards send with another method
fromOceanic(eris);
// @ts-expect-error likewise
fromEris(oceanic);
// @ts-expect-error no table of guilds
fromEris(droff);
// @ts-expect-error no gateway
fromDroff(eris);
