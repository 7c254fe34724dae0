/** Errors on the wire: an error keeps its class, and one that returns to the side where it was thrown becomes the same object again. */
import * as voiceErrors from '../errors.js';
import { VoiceError } from '../errors.js';

/** An error as plain data. */
export interface WireError {
  /** The number that its side gave it, by which that side recognises it when it comes back. */
  readonly ref: number;
  /** Whether it is an error of the receiver that comes back. */
  readonly back?: true;
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** The fields of a {@link VoiceError}: `code`, `stage`, `closeCode` and so on; of any other error, those set by the operating system. */
  readonly fields: Readonly<Record<string, unknown>>;
  readonly cause?: WireError;
  /** A thrown value that is not an Error: a text or a number. */
  readonly value?: unknown;
}

/** By the names under which they are exported: a bundler may rename a class. */
const PROTOTYPES = new Map(Object.entries(voiceErrors).flatMap(([name, value]) => (isErrorClass(value) ? [[name, value.prototype as object]] : [])));
const NAMES = new Map<object, string>([...PROTOTYPES].map(([name, prototype]) => [prototype, name]));

/** Registers error classes of other parts, by the names under which they are exported. */
export function carryErrors(classes: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(classes)) {
    if (!isErrorClass(value)) continue;
    PROTOTYPES.set(name, value.prototype);
    NAMES.set(value.prototype, name);
  }
}

function isErrorClass(value: unknown): value is new () => VoiceError {
  return typeof value === 'function' && value.prototype instanceof VoiceError;
}

/** The number of nested causes that are sent with an error. */
const MAX_CAUSES = 4;
/** The number of errors that are remembered in case they come back: they do so at once, or never. */
const MAX_KEPT = 64;

/** The errors that one side has sent and received: an error that arrives twice, from a play and from its session, becomes one object. */
export class ErrorBook {
  readonly #sent = new Map<number, unknown>();
  readonly #received = new Map<number, unknown>();
  #last = 0;

  encode(error: unknown): WireError {
    const wire = asData(error, 0);
    const theirs = refOf(this.#received, error);
    if (theirs !== undefined) return { ...wire, ref: theirs, back: true };
    return { ...wire, ref: refOf(this.#sent, error) ?? this.#send(error) };
  }

  decode(wire: WireError): unknown {
    const book = wire.back === true ? this.#sent : this.#received;
    // The other side may have redacted a secret that is not known here: then its redacted text is used.
    if (book.has(wire.ref) && sameTexts(book.get(wire.ref), wire)) return book.get(wire.ref);
    const error = revived(wire);
    keep(book, wire.ref, error);
    return error;
  }

  #send(error: unknown): number {
    this.#last += 1;
    keep(this.#sent, this.#last, error);
    return this.#last;
  }
}

function keep(book: Map<number, unknown>, ref: number, error: unknown): void {
  book.set(ref, error);
  for (const oldest of book.keys()) {
    if (book.size <= MAX_KEPT) break;
    book.delete(oldest);
  }
}

function sameTexts(error: unknown, { message, cause }: WireError): boolean {
  if (!(error instanceof Error)) return true;
  return error.message === message && (cause === undefined || sameTexts(error.cause, cause));
}

function refOf(book: ReadonlyMap<number, unknown>, error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  for (const [ref, known] of book) if (known === error) return ref;
  return undefined;
}

function asData(error: unknown, depth: number): WireError {
  if (!(error instanceof Error)) return { ref: 0, name: '', message: String(error), fields: {}, value: plain(error) };
  const ours = NAMES.get(Object.getPrototypeOf(error) as object);
  const { message, stack, cause } = error;
  const fields = ours === undefined ? systemFieldsOf(error) : fieldsOf(error);
  const wire = { ref: 0, name: ours ?? error.name, message, fields, ...(stack === undefined ? {} : { stack }) };
  return cause === undefined || depth === MAX_CAUSES ? wire : { ...wire, cause: asData(cause, depth + 1) };
}

function fieldsOf(error: Error): Readonly<Record<string, unknown>> {
  const own = Object.entries(error).filter(([key]) => key !== 'cause' && key !== 'name');
  return Object.fromEntries(own.map(([key, value]) => [key, plain(value)]));
}

/** The fields of operating system errors, as text or number; any other field of a foreign error may hold anything, even a secret. */
const SYSTEM_FIELDS = ['code', 'errno', 'syscall'];

function systemFieldsOf(error: Error): Readonly<Record<string, unknown>> {
  return Object.fromEntries(SYSTEM_FIELDS.map((name) => [name, (error as unknown as Readonly<Record<string, unknown>>)[name]]).filter(([, value]) => ['string', 'number'].includes(typeof value)));
}

/** A value that cannot be cloned becomes text. */
function plain(value: unknown): unknown {
  if (value === null || ['string', 'number', 'boolean', 'undefined'].includes(typeof value)) return value;
  if (Array.isArray(value)) return value.map(plain);
  try {
    return structuredClone(value);
  } catch {
    return String(value);
  }
}

function revived(wire: WireError): unknown {
  if (wire.name === '') return wire.value;
  const { name, message, stack, fields, cause } = wire;
  const options = cause === undefined ? undefined : { cause: revived(cause) };
  const error = new Error(message, options);
  const prototype = PROTOTYPES.get(name);
  if (prototype !== undefined) Object.setPrototypeOf(error, prototype);
  // The name is an own property: enumerable in our errors, non-enumerable in others, where it replaces the class name.
  Object.defineProperty(error, 'name', { value: name, enumerable: prototype !== undefined, configurable: true, writable: true });
  if (stack !== undefined) Object.defineProperty(error, 'stack', { value: stack, enumerable: false, configurable: true, writable: true });
  return Object.assign(error, fields);
}
