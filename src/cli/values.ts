/** Parses times, ids and shares as people write them; undefined if invalid. */

/** `90`, `1:30`, `1:02:03`, `90s`, `2m`, `1h`, `1.5s`: in ms. */
export function milliseconds(text: string): number | undefined {
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text) ?? [];
  if (amount !== undefined) return Number(amount) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 }[unit as 'ms' | 's' | 'm' | 'h'];
  const parts = /^(?:(\d+):)?([0-5]?\d):([0-5]\d(?:\.\d+)?)$/.exec(text);
  if (parts === null) return undefined;
  const [, hours = '0', minutes, seconds] = parts;
  return (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds)) * 1_000;
}

/** An id of Discord: a decimal number of up to 20 digits. */
export function snowflake(text: string): string | undefined {
  return /^\d{1,20}$/.test(text) && BigInt(text) < 1n << 64n ? text : undefined;
}

/** `80`, `80%`: a volume, as a factor of amplitude. At most 2. */
export function volumeFactor(text: string): number | undefined {
  const [, percent] = /^(\d{1,3})%?$/.exec(text) ?? [];
  return percent !== undefined && Number(percent) <= 200 ? Number(percent) / 100 : undefined;
}

/** A port number; 0 lets the system choose. */
export function portNumber(text: string): number | undefined {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
}
