/** The body of a request, read field by field. A field of the wrong type is refused as Discord does, by the field's name. */
import { isSnowflake } from '../../../protocol/payloads.js';
import { isWhole } from '../../whole-number.js';
import type { Snowflake } from '../../../types.js';
import { ApiError } from '../plain/api-error.js';

/** An uploaded file. */
export interface UploadedFile {
  readonly name: string;
  readonly size: number;
  readonly type: string;
}

/** The readers return undefined for a missing field. */
export class Form {
  /** @param body an object, or a list */
  constructor(
    readonly body: unknown,
    readonly files: readonly UploadedFile[] = [],
  ) {}

  get fields(): Readonly<Record<string, unknown>> {
    if (typeof this.body !== 'object' || this.body === null || Array.isArray(this.body)) return {};
    return this.body as Readonly<Record<string, unknown>>;
  }

  has(name: string): boolean {
    return this.fields[name] !== undefined;
  }

  text(name: string): string | undefined {
    return this.#read(name, (value) => typeof value === 'string', 'Could not interpret value as string.');
  }

  flag(name: string): boolean | undefined {
    return this.#read(name, (value) => typeof value === 'boolean', 'Could not interpret value as boolean.');
  }

  number(name: string): number | undefined {
    return this.#read(name, (value) => typeof value === 'number', 'Could not interpret value as int.');
  }

  id(name: string): Snowflake | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null) return undefined;
    if (!isSnowflake(String(value))) throw new ApiError('invalid form', { [name]: `Value "${String(value)}" is not snowflake.` });
    return String(value);
  }

  list(name: string): readonly unknown[] | undefined {
    return this.#read(name, Array.isArray, 'Could not interpret value as list.');
  }

  /** A field that is an object. */
  part(name: string): Form {
    return new Form(this.fields[name] ?? {}, this.files);
  }

  #read<T>(name: string, fits: (value: unknown) => boolean, message: string): T | undefined {
    const value = this.fields[name];
    if (value === undefined || value === null) return undefined;
    if (!fits(value)) throw new ApiError('invalid form', { [name]: message });
    return value as T;
  }
}

/** An id in the query; undefined if absent. @throws ApiError for an invalid id */
export function queryId(query: URLSearchParams, name: string): Snowflake | undefined {
  return new Form({ [name]: query.get(name) }).id(name);
}

/** The `limit` of the query. @throws ApiError for an invalid number */
export function queryLimit(query: URLSearchParams, usual: number, most: number): number {
  const limit = Number(query.get('limit') ?? usual);
  if (!isWhole(limit, 1, most)) throw new ApiError('invalid form', { limit: `int value should be from 1 to ${most}.` });
  return limit;
}

/** Reads the body: JSON, or a form with files. @throws ApiError if it is neither */
export async function readForm(body: Buffer, contentType: string): Promise<Form> {
  if (body.length === 0) return new Form({});
  try {
    if (!contentType.startsWith('multipart/form-data')) return new Form(JSON.parse(body.toString()));
    const parts = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    const files = [...parts.values()].flatMap((part) =>
      typeof part === 'string' ? [] : [{ name: part.name, size: part.size, type: part.type }],
    );
    const json = parts.get('payload_json');
    return new Form(json === null ? {} : JSON.parse(typeof json === 'string' ? json : await json.text()), files);
  } catch {
    throw new ApiError('unreadable body');
  }
}
