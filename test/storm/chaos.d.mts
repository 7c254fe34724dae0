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
  /** The number of faults. */
  readonly faults: number;
  readonly seed: number;
  /** Default false. */
  readonly dave?: boolean;
  /** More options of the voice server. Default none. */
  readonly server?: VoiceServerOptions;
  /** Use only faults whose name contains one of these. */
  readonly kinds?: readonly string[];
  /** ms that the client gives each stage of a join. Default 800. */
  readonly stage?: number;
  /** Whether growing memory and open handles count as violations. Default true. */
  readonly leaks?: boolean;
  readonly onProgress?: (done: number, what: string) => void;
}

/** Counts of frames, unless stated otherwise. */
export interface StormResult {
  readonly seed: number;
  /** The number of faults, and of their kinds. */
  readonly faults: number;
  readonly kinds: number;
  readonly sent: number;
  readonly arrived: number;
  readonly lostByRule: number;
  /** Sent while the server was down or not listening. */
  readonly deaf: number;
  /** Sent into a session that the server had ended. */
  readonly unheard: number;
  /** ms between the end of a session and the latest frame sent into it. */
  readonly blind: number;
  readonly unaccounted: number;
  readonly heard: number;
  readonly violations: readonly string[];
}

export function chaos(library: StormLibrary, options: StormOptions): Promise<StormResult>;
