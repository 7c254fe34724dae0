/** The forms in which a secret may stand in a text, to see that it stands there in none. */
import { inspect } from 'node:util';

/** A secret as it is, in base64, in hex, and, bytes, as a list of numbers or as the keys and values of an object. */
export function formsOf(secret: string | Uint8Array): string[] {
  const bytes = Buffer.from(secret as Uint8Array);
  const forms = [bytes.toString('hex'), bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
  if (typeof secret === 'string') return [secret, ...forms];
  return [...forms, bytes.toString('latin1'), [...secret].join(), [...secret].map((byte, i) => `"${i}":${byte}`).join(), [...secret].map((byte, i) => `'${i}':${byte}`).join()];
}

/** Every text that can be made of a value by the usual ways to log it. Blanks and line breaks are taken out, as they are in {@link leaks}. */
export function textsOf(value: unknown): string {
  const texts = [inspect(value, { depth: 12, showHidden: true, maxArrayLength: null, maxStringLength: null }), String(value), json(value)];
  for (let error = value, depth = 0; error instanceof Error && depth < 20; error = error.cause, depth++) {
    texts.push(error.message, error.stack ?? '', ...Reflect.ownKeys(error).map((key) => inspect((error as unknown as Record<PropertyKey, unknown>)[key], { depth: 12 })));
  }
  return texts.join('\n');
}

/** The secrets that stand in a text, in whatever form; case does not matter. */
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
