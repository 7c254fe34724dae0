/**
 * Errors without secrets. Their texts may be the words of others: the reason of a close frame, the endpoint that Discord named, what
 * the bot's library threw at op 4.
 */
import { VoiceError } from '../../errors.js';
import type { Secrets } from '../../protocol/secrets.js';
import { UdpLost } from '../ports.js';

/**
 * Takes secrets out of an error of ours, in place: out of its message, stack and fields, and out of its causes. A cause that holds
 * one is replaced by an error of the same name, with the same text without it; a cause that holds none stays the object that it is.
 * Errors that are not ours are left alone: what an application throws it may get back.
 */
export function redactError(error: unknown, secrets: Secrets): void {
  if (!(error instanceof VoiceError || error instanceof UdpLost)) return;
  redactTexts(error, secrets);
  if (error.cause !== undefined) error.cause = withoutSecrets(error.cause, secrets);
}

/** Message, stack and the fields of its class. An error's own texts are plain properties. */
function redactTexts(error: Error, secrets: Secrets): void {
  for (const key of Object.getOwnPropertyNames(error)) {
    const text: unknown = Reflect.get(error, key);
    if (typeof text === 'string' && secrets.standIn(text)) Reflect.set(error, key, secrets.redact(text));
  }
}

/** Causes of causes that are looked at: they may go round in a circle. */
const MAX_CAUSES = 8;
const LEFT_OUT = 'a cause that held a token or a key, and is left out';

/** What others threw is theirs: it stays the very object that it is, unless it holds a secret. */
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

/** How many values are looked at, the nearest first. Nobody prints more of an error. */
const MAX_VALUES = 2_000;
/** How much of a buffer is. */
const MAX_BYTES = 65_536;

function holdsSecret(root: unknown, secrets: Secrets): boolean {
  // A Set is walked in the order of insertion, and what is added meanwhile is walked too.
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

/** Getters are not called: what they do is not ours to set off. */
function partsOf(value: object): unknown[] {
  const own = Object.values(Object.getOwnPropertyDescriptors(value)).map((property) => property.value as unknown);
  return value instanceof Map || value instanceof Set ? [...own, ...value.entries()] : own;
}
