/**
 * Removes secrets from errors. Parts of an error's text may come from outside: the reason of a close frame, the endpoint that Discord named, what the
 * bot's library threw at op 4.
 */
import { VoiceError } from '../../errors.js';
import type { Secrets } from '../../protocol/secrets.js';
import { UdpLost } from '../ports.js';

/**
 * Removes secrets from one of our errors, in place: from its message, stack and fields, and from its causes. A cause that holds a secret is replaced
 * by an error of the same name and text without the secret; any other cause stays the same object. Errors that are not ours are left unchanged: an
 * application may get back exactly what it threw.
 */
export function redactError(error: unknown, secrets: Secrets): void {
  if (!(error instanceof VoiceError || error instanceof UdpLost)) return;
  redactTexts(error, secrets);
  if (error.cause !== undefined) error.cause = withoutSecrets(error.cause, secrets);
}

/** Message, stack and the fields of its class. All of these are own properties of the error. */
function redactTexts(error: Error, secrets: Secrets): void {
  for (const key of Object.getOwnPropertyNames(error)) {
    const text: unknown = Reflect.get(error, key);
    if (typeof text === 'string' && secrets.standIn(text)) Reflect.set(error, key, secrets.redact(text));
  }
}

/** The maximum depth of causes: they may form a cycle. */
const MAX_CAUSES = 8;
const LEFT_OUT = 'a cause that held a token or a key, and is left out';

/** An error thrown by others stays the same object, unless it holds a secret. */
function withoutSecrets(cause: unknown, secrets: Secrets, depth = MAX_CAUSES): unknown {
  if (typeof cause === 'string') return secrets.redact(cause);
  if (!holdsSecret(cause, secrets)) return cause;
  if (!(cause instanceof Error) || depth === 0) return LEFT_OUT;
  const { name, message, stack = '' } = cause;
  const copy = Object.assign(new Error(message), { name, stack });
  if (cause.cause !== undefined) copy.cause = withoutSecrets(cause.cause, secrets, depth - 1);
  redactTexts(copy, secrets);
  return copy;
}

/** The maximum number of values that are inspected, nearest first. Nobody prints more of an error. */
const MAX_VALUES = 2_000;
/** The maximum number of bytes of a buffer that are inspected. */
const MAX_BYTES = 65_536;

function holdsSecret(root: unknown, secrets: Secrets): boolean {
  // A Set is iterated in insertion order, and values added during the iteration are visited too.
  const seen = new Set<unknown>([root]);
  const texts: string[] = [];
  for (const value of seen) {
    const text = textOf(value);
    if (text !== undefined) texts.push(text);
    else if (typeof value === 'object' && value !== null) {
      for (const part of partsOf(value)) if (seen.size < MAX_VALUES) seen.add(part);
    }
  }
  return secrets.standIn(texts.join('\0'));
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (ArrayBuffer.isView(value)) return Buffer.from(value.buffer, value.byteOffset, Math.min(value.byteLength, MAX_BYTES)).toString('hex');
  return undefined;
}

/** Getters are not called, because they may have side effects. */
function partsOf(value: object): unknown[] {
  const own = Object.values(Object.getOwnPropertyDescriptors(value)).map((property) => property.value as unknown);
  return value instanceof Map || value instanceof Set ? [...own, ...value.entries()] : own;
}
