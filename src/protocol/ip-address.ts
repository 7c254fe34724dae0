/** Whether a text is an IP address, without `node:net`: `protocol/` imports nothing. */

const IPV4_PART = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^(?:${IPV4_PART}\\.){3}${IPV4_PART}$`);

export function isIP(text: string): boolean {
  return isIPv4(text) || isIPv6(text);
}

export function isIPv4(text: string): boolean {
  return IPV4.test(text);
}

/** RFC 4291 section 2.2, without zone ids: a public address never has one. */
export function isIPv6(text: string): boolean {
  // Nearly all texts passed here are IPv4 addresses or names.
  if (!text.includes(':')) return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  let width = groups.length;
  const last = groups.at(-1);
  if (last !== undefined && last.includes('.') && !text.endsWith('::')) {
    if (!isIPv4(last)) return false;
    groups.pop();
    width += 1;
  }
  if (!groups.every((group) => /^[\da-fA-F]{1,4}$/.test(group))) return false;
  return halves.length === 2 ? width <= 7 : width === 8;
}
