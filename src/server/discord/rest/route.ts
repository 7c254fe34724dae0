/** A request as a route sees it, and the table that finds the route. */
import { ApiError } from '../plain/api-error.js';
import type { Form } from './form.js';

/** HTTP methods that Discord knows. */
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** A request that has found its route. */
export interface ApiRequest {
  /** A parameter of the path. */
  param(name: string): string;
  readonly query: URLSearchParams;
  readonly form: Form;
}

/** What a route answers with: a body; undefined is 204. */
export type Handler = (request: ApiRequest) => unknown;

/** A method, a path with `:names`, and what is done. */
export interface Route {
  readonly method: Method;
  readonly path: string;
  readonly handler: Handler;
  /** Whether it is asked without the bot's token: what is secret is in the path. */
  readonly open: boolean;
}

/** A route that takes the bot's token. */
export function route(method: Method, path: string, handler: Handler): Route {
  return { method, path, handler, open: false };
}

/** A route that takes none. */
export function openRoute(method: Method, path: string, handler: Handler): Route {
  return { method, path, handler, open: true };
}

/** A route, and what its path's names stand for. */
export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/** Compares part by part: the table is short, and a test asks for no speed. A fixed part comes before a named one. */
export class RouteTable {
  readonly #routes: readonly { readonly route: Route; readonly parts: readonly string[] }[];

  constructor(routes: readonly Route[]) {
    const fixed = (path: string): number => path.split('/').filter((part) => part !== '' && !part.startsWith(':')).length;
    const sorted = [...routes].sort((a, b) => fixed(b.path) - fixed(a.path));
    this.#routes = sorted.map((one) => ({ route: one, parts: one.path.split('/') }));
  }

  /** @throws ApiError 404 for no such path, 405 for one that knows other methods */
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

/** As it is where it is not encoded as it should be: then it is no id of anything. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
