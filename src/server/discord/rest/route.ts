/** A request as a route handler gets it, and the table that finds the route. */
import { ApiError } from '../plain/api-error.js';
import type { Form } from './form.js';

/** The HTTP methods of Discord's API. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request that was matched to a route. */
export interface ApiRequest {
  /** A parameter of the path. */
  param(name: string): string;
  readonly query: URLSearchParams;
  readonly form: Form;
}

/** Returns the body of the answer; undefined answers 204. */
export type Handler = (request: ApiRequest) => unknown;

/** A method, a path with `:names`, and its handler. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly handler: Handler;
  /** Whether no bot token is required, because the secret is in the path. */
  readonly open: boolean;
}

/** A route that requires the bot's token. */
export function route(method: Method, path: string, handler: Handler): Route {
  return { method, path, handler, open: false };
}

/** A route that requires no token. */
export function openRoute(method: Method, path: string, handler: Handler): Route {
  return { method, path, handler, open: true };
}

/** A route, and the values of the names in its path. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Compares part by part: the table is short, and tests need no speed. A path with more fixed parts comes first. */
export class RouteTable {
  readonly #routes: readonly { readonly route: Route; readonly parts: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    const fixed = (path: string): number => path.split('/').filter((part) => part !== '' && !part.startsWith(':')).length;
    const sorted = [...routes].sort((a, b) => fixed(b.path) - fixed(a.path));
    this.#routes = sorted.map((one) => ({ route: one, parts: one.path.split('/') }));
  }

  /** @throws ApiError 404 for an unknown path, 405 for a path with other methods */
  find(method: string, path: string): Match {
    const parts = path.replace(/\/$/, '').split('/');
    const fitting = this.#routes.filter(
      (one) => one.parts.length === parts.length && one.parts.every((part, at) => part.startsWith(':') || part === parts[at]),
    );
    const found = fitting.find((one) => one.route.method === method);
    if (found === undefined) throw new ApiError(fitting.length > 0 ? 'wrong method' : 'no such route');
    const named = found.parts.flatMap((part, at) => (part.startsWith(':') ? [[part.slice(1), decoded(parts[at]!)] as const] : []));
    return { route: found.route, params: Object.fromEntries(named) };
  }
}

/** Decodes a path part. One with an invalid encoding stays unchanged: it does not match any id. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
