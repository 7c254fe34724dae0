/** REST: turns a request into an answer. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ApiError } from '../plain/api-error.js';
import type { EventLog } from '../plain/events.js';
import type { RestRefusals } from './faults.js';
import { readForm } from './form.js';
import { RateLimits, tooMany } from './rate-limits.js';
import { RouteTable, type Match, type Route } from './route.js';

/** The parts of REST. */
export interface ApiParts {
  readonly routes: readonly Route[];
  /** The bot's token. A secret. */
  readonly token: string;
  readonly events: EventLog;
  readonly refusals: RestRefusals;
  /** Undefined: no limits. */
  readonly limits: RateLimits | undefined;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The maximum bytes of a request: Discord takes 10 MiB of files, plus the form around them. */
const MOST_BYTES = 12 * 1024 * 1024;

/** Answers every request to the port. */
export class Api {
  readonly #table: RouteTable;

  constructor(private readonly parts: ApiParts) {
    this.#table = new RouteTable(parts.routes);
  }

  /** Never rejects: a failure is sent as the answer. */
  async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const [whole = '', query = ''] = url.split('?', 2);
    const path = whole.replace(/^\/api(\/v\d+)?(?=\/)/, '');
    const answer = await this.#answer(request, method, path, new URLSearchParams(query)).catch(failed);
    this.parts.events.emit({ type: 'request', method, path: withoutSecrets(path), status: answer.status });
    const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
    response.writeHead(answer.status, { ...(text === '' ? {} : { 'content-type': 'application/json' }), ...answer.headers });
    response.end(text);
  }

  async #answer(request: IncomingMessage, method: string, path: string, query: URLSearchParams): Promise<Answer> {
    // The body is always read, even if the request is refused: a client that is still writing would otherwise see a broken connection.
    const body = await read(request);
    const match = this.#table.find(method, path);
    if (!match.route.open && request.headers.authorization !== `Bot ${this.parts.token}`) throw new ApiError('unauthorized');
    const refused = this.parts.refusals.take(method, path);
    if (refused?.status === 429) return { status: 429, ...tooMany(refused.retryAfter ?? 1_000, refused.global ?? false) };
    if (refused !== undefined) return { status: refused.status, body: { message: `${refused.status}: refused by a fault`, code: 0 } };
    const verdict = this.parts.limits?.take(match);
    if (verdict?.retryAfter !== undefined) {
      const { body: told, headers } = tooMany(verdict.retryAfter, verdict.global);
      return { status: 429, body: told, headers: { ...verdict.headers, ...headers } };
    }
    const done = await carriedOut(match, query, body, request.headers['content-type'] ?? '').catch(failed);
    return { ...done, headers: { ...verdict?.headers } };
  }
}

async function carriedOut({ route, params }: Match, query: URLSearchParams, body: Buffer, contentType: string): Promise<Answer> {
  const form = await readForm(body, contentType);
  const done: unknown = await route.handler({ query, form, param: (name) => params[name]! });
  return done === undefined ? { status: 204 } : { status: 200, body: done };
}

function failed(error: unknown): Answer {
  if (error instanceof ApiError) return { status: error.status, body: error.body };
  return { status: 500, body: { message: `500: Internal Server Error: ${String(error)}`, code: 0 } };
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MOST_BYTES) chunks.push(chunk);
  }
  if (bytes > MOST_BYTES) throw new ApiError('unreadable body');
  return Buffer.concat(chunks);
}

/** The paths of interactions contain their tokens. */
function withoutSecrets(path: string): string {
  return path.replace(/^(\/(?:webhooks|interactions)\/[^/]+\/)[^/]+/, '$1…');
}
