/** What can go wrong with REST. */

/** An answer in place of the real one. */
export interface RestRefusal {
  /** HTTP status: 500, 502 and 503 are what Discord's own trouble looks like. With 429, `retryAfter` is told. */
  readonly status: number;
  /** Only this method. Default: all. */
  readonly method?: string;
  /** Only paths, without `/api/v10`, that contain it. Default: all. */
  readonly path?: string;
  /** How often. Default: once. */
  readonly times?: number;
  /** ms, with 429. Default 1 000. */
  readonly retryAfter?: number;
  /** With 429: whether all routes are meant. Default false. */
  readonly global?: boolean;
}

/** Faults of REST. */
export interface RestFaults {
  /** Answers the next requests that fit with a status, and does nothing else for them. */
  refuse(refusal: RestRefusal): void;
}

/** Refusals that wear out. */
export class RestRefusals implements RestFaults {
  readonly #refusals: { readonly refusal: RestRefusal; left: number }[] = [];

  refuse(refusal: RestRefusal): void {
    this.#refusals.push({ refusal, left: refusal.times ?? 1 });
  }

  /** What strikes this request, now one time less. */
  take(method: string, path: string): RestRefusal | undefined {
    const found = this.#refusals.find(
      ({ refusal, left }) => left > 0 && (refusal.method ?? method) === method && path.includes(refusal.path ?? ''),
    );
    if (found === undefined) return undefined;
    found.left--;
    return found.refusal;
  }
}
