/** Types of chaos.mjs, for the tests. */
import type { connectVoice$, recoverBy } from '../../src/index.js';
import type { nodeTransports } from '../../src/driver.js';
import type { startVoiceServer, VoiceServerOptions } from '../../src/server/index.js';
import type { testFrame } from '../../src/testing/index.js';

export interface StormLibrary {
  readonly connectVoice$: typeof connectVoice$;
  readonly recoverBy: typeof recoverBy;
  readonly nodeTransports: typeof nodeTransports;
  readonly startVoiceServer: typeof startVoiceServer;
  readonly testFrame: typeof testFrame;
}

export interface StormOptions {
  /** How many. */
  readonly faults: number;
  readonly seed: number;
  /** Default false. */
  readonly dave?: boolean;
  /** More options of the voice server. Default none. */
  readonly server?: VoiceServerOptions;
  /** Only faults whose name contains one of these. */
  readonly kinds?: readonly string[];
  /** ms that the client gives each stage of a join. Default 800. */
  readonly stage?: number;
  /** Whether memory and open handles are held against the storm. Default true. */
  readonly leaks?: boolean;
  readonly onProgress?: (done: number, what: string) => void;
}

/** Frames, but for what says otherwise. */
export interface StormResult {
  readonly seed: number;
  /** How many faults came, of how many kinds. */
  readonly faults: number;
  readonly kinds: number;
  readonly sent: number;
  readonly arrived: number;
  readonly lostByRule: number;
  /** Sent while the server was down or deaf. */
  readonly deaf: number;
  /** Sent into a session that the server had ended. */
  readonly unheard: number;
  /** ms after the end of its session at which the latest of them was sent. */
  readonly blind: number;
  readonly unaccounted: number;
  readonly heard: number;
  readonly violations: readonly string[];
}

export function chaos(library: StormLibrary, options: StormOptions): Promise<StormResult>;
