/** Virtual time for whole flows: TestScheduler.run() with the default scheduler, and a timed log. */
import { expect } from 'vitest';
import { asyncScheduler, type Observable } from 'rxjs';
import type { RunHelpers } from 'rxjs/testing';
import { virtualVoice, VIRTUAL_IDS, type VirtualVoice, type VirtualVoiceOptions } from '../../src/testing/index.js';
import type { VoiceOptions } from '../../src/index.js';
import { BoundedTime, DEFAULT_BOUND } from './bounded-time.js';

/**
 * Runs `body` in virtual time. Nothing is injected: the library's default scheduler itself becomes virtual.
 *
 * @param bound ms by which everything must end
 */
export function virtualTime(body: (helpers: RunHelpers) => void, { bound = DEFAULT_BOUND }: { readonly bound?: number } = {}): void {
  new BoundedTime((actual, expected) => expect(actual).toEqual(expected), bound).run(body);
}

/** A virtual voice server on the default scheduler, and the options that connect to it, without randomness. */
export function world(options: Partial<VirtualVoiceOptions> = {}): { voice: VirtualVoice; options: VoiceOptions } {
  const voice = virtualVoice({ scheduler: asyncScheduler, ...options });
  return { voice, options: { transports: voice.transports, random: (bytes) => new Uint8Array(bytes).fill(128) } };
}

export const IDS = VIRTUAL_IDS;

/** One line with the time for each action of the client: `10 op4 20`, `30 > 0`, `60 udp+`, `100 rtp 0 0 m`. */
export function chronicle(voice: VirtualVoice): string[] {
  const lines: string[] = [];
  const note = (line: string): void => void lines.push(`${asyncScheduler.now()} ${line}`);
  const follow = <T>(source$: Observable<T>, text: (value: T) => string): void =>
    void source$.subscribe((value) => note(text(value)));
  follow(voice.commands$, ({ d }) => `op4 ${d.channel_id ?? 'null'}`);
  follow(voice.frames$, ({ op, d }) => `> ${op}${op === 5 ? ` speaking ${String((d as { speaking: number }).speaking)}` : ''}`);
  follow(voice.sockets$, (event) => event);
  follow(voice.packets$, (packet) => {
    const what = packet.payload.length === 3 ? 'silence' : `frame ${((packet.payload[1] ?? 0) << 8) | (packet.payload[2] ?? 0)}`;
    return `rtp #${packet.sequence} t${packet.timestamp} ${what}${packet.marker ? ' marker' : ''}`;
  });
  return lines;
}
