/** Makes the library's calls into caller's code visible: a Proxy around a caller's value reports each call, subscription and teardown. */
import { isObservable, Observable } from 'rxjs';

/** Called with the name of a call-out before it is made. May throw, as the caller's code may. */
export type Hook = (callOut: string) => void;

/** The same value, with `hook` called before each reachable function is called, and before each stream is subscribed to or torn down. */
export function tapped<T>(name: string, value: T, hook: Hook): T {
  if (isObservable(value)) return tappedStream(name, value, hook) as T;
  if (typeof value === 'function') return ((...args: unknown[]): unknown => answered(name, () => Reflect.apply(value, undefined, args), hook)) as T;
  if (Array.isArray(value)) return value.map((item: unknown) => tapped(`${name}[]`, item, hook)) as T;
  if (!hasFunctions(value)) return value;
  return new Proxy(value, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      const path = `${name}.${typeof key === 'symbol' ? key.description! : key}`;
      if (typeof member === 'function') return (...args: unknown[]): unknown => answered(path, () => Reflect.apply(member, target, args), hook);
      // Reading an accessor may run the caller's code as well.
      if (isAccessor(target, key)) hook(path);
      return tapped(path, member, hook);
    },
  });
}

function answered(name: string, call: () => unknown, hook: Hook): unknown {
  hook(`${name}()`);
  return tapped(`${name}()`, call(), hook);
}

function tappedStream(name: string, source$: Observable<unknown>, hook: Hook): Observable<unknown> {
  const stream$ = new Observable<unknown>((subscriber) => {
    hook(`${name} subscribed`);
    subscriber.add(
      source$.subscribe({
        next: (value) => subscriber.next(tapped(name, value, hook)),
        error: (error: unknown) => subscriber.error(error),
        complete: () => subscriber.complete(),
      }),
    );
    subscriber.add(() => hook(`${name} torn down`));
  });
  const { next } = source$ as { readonly next?: (value: unknown) => void };
  return next === undefined ? stream$ : Object.assign(stream$, { next: tapped(`${name}.next`, next, hook) });
}

/** Plain data is passed on unchanged. */
function hasFunctions(value: unknown): value is object {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || value instanceof Promise) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  const own = Object.values(Object.getOwnPropertyDescriptors(value)).some((member) => typeof member.value === 'function' || isObservable(member.value) || member.get !== undefined);
  return own || (prototype !== Object.prototype && prototype !== null);
}

function isAccessor(target: object, key: string | symbol): boolean {
  for (let at: unknown = target; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    const member = Object.getOwnPropertyDescriptor(at, key);
    if (member !== undefined) return member.get !== undefined || key === 'maxProtocolVersion' || key === 'ready';
  }
  return false;
}
