/** Prepares a session that another node still runs: opens its sources, and opens WebSockets that wait for Hello. */
import { merge, type Observable } from 'rxjs';
import type { Transports } from '../../driver/ports.js';
import { OpenedAhead } from '../../engine/hand-over/opened-ahead.js';
import type { Opened, Prepared, PrepareTopic } from '../../engine/hand-over/prepared.js';
import type { OpenSource } from '../../engine/serve-engine.js';
import type { FrameDescription } from '../../frames/description.js';
import { LATEST_GATEWAY_VERSION } from '../../protocol/opcodes.js';
import { SAMPLES_PER_MS } from '../../protocol/silence.js';
import { EarlySockets } from './early-sockets.js';

/** Frames of 20 ms to read ahead: as many as play during the longest preparation, plus those of one second. */
const READ_AHEAD = 200;
/** A position further than this behind the opened one, in ms, is reached sooner by opening the source again. */
const MAX_SKIP_MS = 10_000;
/** WebSockets to open: a session whose credentials are refused joins again on the second. */
const SOCKETS = 2;

export class PreparedSession implements Prepared {
  readonly ready$: Observable<unknown>;
  readonly transports: EarlySockets;
  readonly #opener: OpenSource;
  readonly #closed: () => void;
  #over = false;
  readonly #sources: { readonly source: FrameDescription; readonly ahead: OpenedAhead }[] = [];

  /**
   * @param transports does not check who owns the session; this class sends nothing on its sockets
   * @param closed called once, when the session has arrived or will not arrive
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
      // The play opens the source again, and gets the error.
    }
  }
}

/** Whether it is the same source, wanted from the opened position or up to {@link MAX_SKIP_MS} behind it. */
function fits(source: FrameDescription, wanted: FrameDescription): boolean {
  const skip = wanted.start - source.start;
  return skip >= 0 && skip <= MAX_SKIP_MS && sameSource(source, wanted);
}

function sameSource(a: FrameDescription, b: FrameDescription): boolean {
  return a.input === b.input && a.from === b.from && JSON.stringify(a.options) === JSON.stringify(b.options);
}
