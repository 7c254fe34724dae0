/** The forms in which a secret may appear in a text, to check that none of them appears. */
import { inspect } from 'node:util';

/** A secret unchanged, in base64 and in hex; for bytes, also as a list of numbers and as the keys and values of an object. */
export function formsOf(secret: string | Uint8Array): string[] {
  const bytes = Buffer.from(secret as Uint8Array);
  const forms = [bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  if (typeof secret === 'string') return [secret, ...forms];
  return [...forms, bytes.toString('latin1'), [...secret].join(), [...secret].map((byte, i) => `"${i}":${byte}`).join(), [...secret].map((byte, i) => `'${i}':${byte}`).join()];
}

/** The texts that the usual ways of logging make of a value. */
export function textsOf(value: unknown): string {
  const texts = [inspect(value, { depth: 12, showHidden: true, maxArrayLength: null, maxStringLength: null }), String(value), json(value)];
  for (let error = value, depth = 0; error instanceof Error && depth < 20; error = error.cause, depth++) {
    texts.push(error.message, error.stack ?? '', ...Reflect.ownKeys(error).map((key) => inspect((error as unknown as Record<PropertyKey, unknown>)[key], { depth: 12 })));
  }
  return texts.join('\n');
}

/** The secrets that appear in a text in any form; ignores case, blanks and line breaks. */
export function leaks(text: string, secrets: Iterable<string | Uint8Array>): string[] {
  const bare = text.replace(/\s/g, '').toLowerCase();
  return [...secrets].flatMap(formsOf).filter((form) => bare.includes(form.replace(/\s/g, '').toLowerCase()));
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}
