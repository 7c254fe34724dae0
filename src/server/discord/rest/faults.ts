/** Faults of REST. */

/** An answer in place of the real one. */
export interface RestRefusal {
  /** HTTP status: 500, 502 and 503 look like Discord's own outages. With 429, `retryAfter` is sent. */
  readonly status: number;
  /** Only this method. Default: all. */
  readonly method?: string;
  /** Only paths, without `/api/v10`, that contain it. Default: all. */
  readonly path?: string;
  /** How often. Default: once. */
  readonly times?: number;
  /** ms, with 429. Default 1 000. */
  readonly retryAfter?: number;
  /** With 429: whether it applies to all routes. Default false. */
  readonly global?: boolean;
}

/** Faults of REST. */
export interface RestFaults {
  /** Answers the next matching requests with a status, and does nothing else for them. */
  refuse(refusal: RestRefusal): void;
}

/** Refusals with a limited number of uses. */
export class RestRefusals implements RestFaults {
  readonly #refusals: { readonly refusal: RestRefusal; left: number }[] = [];

  refuse(refusal: RestRefusal): void {
    this.#refusals.push({ refusal, left: refusal.times ?? 1 });
  }

  /** The refusal for this request; uses it up once. */
  take(method: string, path: string): RestRefusal | undefined {
    const found = this.#refusals.find(
      ({ refusal, left }) => left > 0 && (refusal.method ?? method) === method && path.includes(refusal.path ?? ''),
    );
    if (found === undefined) return undefined;
    found.left--;
    return found.refusal;
  }
}
