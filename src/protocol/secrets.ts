/**
 * Tokens, session ids and keys that must not appear in errors or logs, and a way to remove them from a text. rxvoice's own texts contain none; texts
 * from servers, networks and gateways, and their errors, may: for example a close reason that repeats our token.
 */

/** Shorter texts are assumed to come from tests, and may be ordinary words. Discord's secrets have 16 characters or more. */
const MIN_LENGTH = 12;
/** Enough for the latest connections; older secrets are worthless. */
const MAX_SECRETS = 32;
/** The text that replaces a secret. */
const REDACTED = '[redacted]';

/** The secrets of one session. */
export class Secrets {
  /** Each secret with its forms, normalised by {@link bare}; undefined until a text is searched, which most sessions never do. */
  readonly #secrets = new Map<string | Uint8Array, readonly string[] | undefined>();
  #added: (() => void) | undefined;

  /** The secrets that are texts, oldest first. */
  get texts(): readonly string[] {
    return [...this.#secrets.keys()].filter((secret) => typeof secret === 'string');
  }

  /** Calls `added` after each new text, until the returned function is called. One watcher at a time. */
  watch(added: () => void): () => void {
    this.#added = added;
    return () => {
      if (this.#added === added) this.#added = undefined;
    };
  }

  /** Adds a secret: a text, or the bytes of a key, which are not copied. */
  add(secret: string | Uint8Array): void {
    if (secret.length < MIN_LENGTH || this.#secrets.has(secret)) return;
    if (this.#secrets.size >= MAX_SECRETS) this.#secrets.delete(this.#secrets.keys().next().value!);
    this.#secrets.set(secret, undefined);
    if (typeof secret === 'string') this.#added?.();
  }

  /**
   * Forgets all secrets: nothing will be reported any more. The bytes of keys are overwritten; their forms are texts, which only the garbage
   * collector can clear.
   */
  forget(): void {
    for (const secret of this.#secrets.keys()) if (typeof secret !== 'string') secret.fill(0);
    this.#secrets.clear();
  }

  /** Whether the text contains a secret, in a form that {@link redact} removes. */
  standIn(text: string): boolean {
    return this.#found(text).length > 0;
  }

  /** The text without secrets: verbatim, in hex or in base64, in upper or lower case; keys also as lists of numbers. */
  redact(text: string): string {
    return this.#found(text).reduce<string>((rest, secret) => rest.replace(patternOf(secret), REDACTED), text);
  }

  #forms(secret: string | Uint8Array): readonly string[] {
    const forms = this.#secrets.get(secret) ?? formsOf(secret).map(bare);
    this.#secrets.set(secret, forms);
    return forms;
  }

  /** Without a regular expression: one of all forms of all secrets took 30 ms per fault, during which no session could send. */
  #found(text: string): (string | Uint8Array)[] {
    const words = bare(text);
    const found = [...this.#secrets.keys()].filter((secret) => this.#forms(secret).some((form) => words.includes(form)));
    // Longest first: of two with the same beginning, the shorter one would leave the rest of the longer one in the text.
    return found.sort((a, b) => b.length - a.length);
  }
}

/** Removes what printing adds: white space and quotes. Ignores case. */
function bare(text: string): string {
  return text.replace(/[\s"']/g, '').toLowerCase();
}

/** The secret verbatim, in base64 and base64url, and in hex; bytes also as `254,7`, and as `0:254,1:7`, as JSON prints a Uint8Array. */
function formsOf(secret: string | Uint8Array): string[] {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;
  const latin1 = String.fromCharCode(...bytes);
  const base64 = btoa(latin1).replace(/=+$/, '');
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  const encoded = [base64, base64.replaceAll('+', '-').replaceAll('/', '_'), hex];
  if (typeof secret === 'string') return [secret, ...encoded];
  return [latin1, ...encoded, bytes.join(), [...bytes].map((byte, i) => `${i}:${byte}`).join()];
}

/** Matches the same forms, with optional white space and quotes between their characters. */
function patternOf(secret: string | Uint8Array): RegExp {
  const parts = formsOf(secret).map((form) => [...form].map((char) => char.replace(/[\\^$.*+?()[\]{}|/-]/, '\\$&')).join('[\\s"\']*'));
  return new RegExp(parts.join('|'), 'gi');
}
