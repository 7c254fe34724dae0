/** A session that is still another node's, as far as it can be made ready: its sources are open, and its WebSockets have heard Hello. */
import { merge, type Observable } from 'rxjs';
import type { Transports } from '../../driver/ports.js';
import { OpenedAhead } from '../../engine/hand-over/opened-ahead.js';
import type { Opened, Prepared, PrepareTopic } from '../../engine/hand-over/prepared.js';
import type { OpenSource } from '../../engine/serve-engine.js';
import type { FrameDescription } from '../../frames/description.js';
import { LATEST_GATEWAY_VERSION } from '../../protocol/opcodes.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { EarlySockets } from './early-sockets.js';

/** Frames of 20 ms that are read ahead: those of the time that a preparation may take, and of a second beyond. */
const READ_AHEAD = 200;
/** ms from where it was opened, from which on a place is sooner reached by opening anew. */
const MAX_SKIP_MS = 10_000;
/** Of a session whose credentials are refused, and which joins anew. */
const SOCKETS = 2;

export class PreparedSession implements Prepared {
  readonly ready$: Observable<unknown>;
  readonly transports: EarlySockets;
  readonly #opener: OpenSource;
  readonly #closed: () => void;
  #over = false;
  readonly #sources: { readonly source: FrameDescription; readonly ahead: OpenedAhead }[] = [];

  /**
   * @param transports sends nothing but what is asked of it, whoever owns the session
   * @param closed told, once, when the session has come or does not come
   */
  constructor({ endpoint, gatewayVersion = LATEST_GATEWAY_VERSION, sources }: PrepareTopic, open: OpenSource, transports: Transports, closed = (): void => undefined) {
    this.#opener = open;
    this.#closed = closed;
    for (const source of sources) this.#open(source);
    this.transports = new EarlySockets(transports, endpoint, gatewayVersion, SOCKETS);
    this.ready$ = merge(this.transports.ready$, ...this.#sources.map(({ ahead }) => ahead.ready$));
  }

  open(wanted: FrameDescription): Opened | undefined {
    const at = this.#sources.findIndex(({ source }) => fits(source, wanted));
    if (at === -1) return undefined;
    const { source, ahead } = this.#sources.splice(at, 1)[0]!;
    const skip = Math.round((wanted.start - source.start) * SAMPLES_PER_MS);
    if (!ahead.failed) return { frames: ahead.frames(skip, () => this.#opener(wanted), wanted), letGo: () => ahead.letGo() };
    ahead.close();
    return undefined;
  }

  close(): void {
    for (const { ahead } of this.#sources.splice(0)) ahead.close();
    this.transports.close();
    if (!this.#over) this.#closed();
    this.#over = true;
  }

  #open(source: FrameDescription): void {
    try {
      this.#sources.push({ source, ahead: new OpenedAhead(this.#opener(source), READ_AHEAD) });
    } catch {
      // What cannot be opened is told to who plays it.
    }
  }
}

/** The same, from the same place or soon behind it. */
function fits(source: FrameDescription, wanted: FrameDescription): boolean {
  const skip = wanted.start - source.start;
  return skip >= 0 && skip <= MAX_SKIP_MS && sameSource(source, wanted);
}

function sameSource(a: FrameDescription, b: FrameDescription): boolean {
  return a.input === b.input && a.from === b.from && JSON.stringify(a.options) === JSON.stringify(b.options);
}
