/** Rate limits: a bucket for each route and guild, channel or webhook, and one for all requests. Source: Discord docs, Rate Limits. */
import { createHash } from 'node:crypto';
import type { Match } from './route.js';

/** How many requests within how many ms. */
interface Limit {
  readonly times: number;
  readonly window: number;
}

/** Parameters that have their own buckets. */
const MAJOR = ['guild', 'channel', 'application', 'token'] as const;
/** For all requests together. */
const GLOBAL: Limit = { times: 50, window: 1_000 };
/** Discord publishes no numbers, and tells clients to follow the headers. These are the numbers that bots see. */
const USUAL: Limit = { times: 50, window: 1_000 };
const SPECIAL: Readonly<Record<string, Limit>> = {
  'POST /channels/:channel/messages': { times: 5, window: 5_000 },
  'PATCH /channels/:channel/messages/:message': { times: 5, window: 5_000 },
  'PATCH /guilds/:guild/members/:user': { times: 10, window: 10_000 },
  'POST /guilds/:guild/channels': { times: 10, window: 10_000 },
};

interface Bucket {
  readonly limit: Limit;
  left: number;
  /** ms, monotonic. */
  resetAt: number;
}

/** The rate limit headers of an answer, and whether the request is over the limit. */
export interface Verdict {
  readonly headers: Readonly<Record<string, string>>;
  /** ms; undefined: not over the limit. */
  readonly retryAfter: number | undefined;
  readonly global: boolean;
}

/** Counts in windows that begin with the first request. */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();

  /**
   * @param now ms, monotonic
   * @param wallClock ms since 1970
   */
  constructor(
    private readonly now: () => number,
    private readonly wallClock: () => number,
  ) {}

  /** Counts a request. An answer to an interaction counts for its own bucket only. */
  take({ route, params }: Match): Verdict {
    const name = `${route.method} ${route.path}`;
    const bucket = this.#open([name, ...MAJOR.map((key) => params[key] ?? '')].join(' '), SPECIAL[name] ?? USUAL);
    const all = route.open ? undefined : this.#open('', GLOBAL);
    const global = all !== undefined && all.left <= 0;
    const full = global ? all : bucket.left <= 0 ? bucket : undefined;
    if (full === undefined) {
      bucket.left--;
      if (all !== undefined) all.left--;
    }
    const left = (of: Bucket): number => Math.max(0, of.resetAt - this.now());
    const headers = {
      'x-ratelimit-limit': String(bucket.limit.times),
      'x-ratelimit-remaining': String(bucket.left),
      'x-ratelimit-reset': ((this.wallClock() + left(bucket)) / 1_000).toFixed(3),
      'x-ratelimit-reset-after': (left(bucket) / 1_000).toFixed(3),
      'x-ratelimit-bucket': createHash('md5').update(name).digest('hex'),
    };
    return { headers, retryAfter: full === undefined ? undefined : left(full), global };
  }

  #open(key: string, limit: Limit): Bucket {
    const now = this.now();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined || bucket.resetAt <= now)
      this.#buckets.set(key, (bucket = { limit, left: limit.times, resetAt: now + limit.window }));
    return bucket;
  }
}

/** The answer to a request over the limit. */
export function tooMany(
  retryAfter: number,
  global: boolean,
): { readonly headers: Readonly<Record<string, string>>; readonly body: object } {
  const seconds = Number((retryAfter / 1_000).toFixed(3));
  return {
    headers: {
      'retry-after': String(Math.ceil(seconds)),
      'x-ratelimit-scope': global ? 'global' : 'user',
      ...(global ? { 'x-ratelimit-global': 'true' } : {}),
    },
    body: {
      message: global
        ? 'You are being blocked from accessing our API temporarily due to exceeding our rate limits frequently.'
        : 'You are being rate limited.',
      retry_after: seconds,
      global,
    },
  };
}
