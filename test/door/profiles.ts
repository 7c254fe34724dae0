/**
 * How other libraries speak, one profile each: what they send that differs, and what they take for audio. What is not named here they do as the
 * documentation says. Source: each library's own code, unpatched against this server; Identify, op 1 and audio are those of the raw client.
 */
import type { Credentials } from '../support/raw-voice-client.js';

/** One library. */
export interface Profile {
  readonly name: string;
  /** What it asks for in the URL; undefined: nothing, which means 4. */
  readonly version: 4 | 8 | undefined;
  readonly dave: boolean;
  /** The JSON text of the `n`th heartbeat's `d`. */
  heartbeat(n: number): string;
  /** `d` of its op 5. */
  speaking(ssrc: number): object;
  /** What it sends by UDP while it is idle. */
  keepalives(ssrc: number): readonly Uint8Array[];
  /** Whether it waits for Hello before it identifies. */
  readonly afterHello?: boolean;
  /** The interval that it beats by is that of Ready. */
  readonly beatsByReady?: boolean;
  /** It makes a URI of the endpoint, with a host name. */
  readonly namesHost?: boolean;
}

const MS = 1_764_460_800_000;
const OBJECT = (n: number): string => `{"t":${MS + n},"seq_ack":-1}`;
const SPEAKING = (ssrc: number): object => ({ speaking: 1, delay: 0, ssrc });
const NONE = (): readonly Uint8Array[] => [];
const ORDINARY = { version: 8, dave: true, heartbeat: OBJECT, speaking: SPEAKING, keepalives: NONE } as const;
const counters = (): readonly Uint8Array[] => [0, 1, 2].map((n) => Uint8Array.of(n, 0, 0, 0, 0, 0, 0, 0));

export const PROFILES: readonly Profile[] = [
  { name: 'discord.py 2.7.1', ...ORDINARY },
  { name: 'disnake 2.12.2', ...ORDINARY },
  { name: 'py-cord 2.8.1', ...ORDINARY, speaking: () => ({ speaking: 1, delay: 0 }) },
  { name: 'disgo 0.19.6', ...ORDINARY, afterHello: true },
  {
    name: 'discordgo',
    version: undefined,
    dave: false,
    heartbeat: (n) => String(1_764_460_800 + n),
    speaking: () => ({ speaking: true, delay: 0 }),
    keepalives: counters,
    beatsByReady: true,
  },
  {
    name: 'arikawa 3.5.0',
    version: 4,
    dave: false,
    afterHello: true,
    heartbeat: (n) => String(1_764_460_800_123_456_789n + BigInt(n)),
    speaking: SPEAKING,
    keepalives: NONE,
  },
  {
    name: 'songbird 0.6.1',
    version: 4,
    dave: true,
    heartbeat: (n) => String(18_446_744_073_709_551_615n - BigInt(n)),
    speaking: SPEAKING,
    keepalives: (ssrc) => [Uint8Array.of(ssrc >>> 24, ssrc >>> 16, ssrc >>> 8, ssrc)],
  },
  {
    name: 'JDA 6.5.0',
    ...ORDINARY,
    // Between its keepalives comes something each 20 ms that is no RTP; what is in it nobody has written down.
    keepalives: () => [Uint8Array.of(0xc9, 0, 0, 0, 0, 0, 0, 0, 0), ...[0, 1, 2].map(() => new Uint8Array(20))],
    namesHost: true,
  },
  { name: 'Dysnomia 0.2.4', ...ORDINARY, speaking: (ssrc) => ({ speaking: 0, delay: 0, ssrc }), keepalives: counters },
];

/** `d` of Identify. */
export function identifyOf({ dave }: Profile, { guildId, userId, sessionId, token }: Credentials): object {
  const ids = { server_id: guildId, user_id: userId, session_id: sessionId, token };
  return dave ? { ...ids, max_dave_protocol_version: 1 } : ids;
}
