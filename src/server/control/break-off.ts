/** Closes a connection on purpose. */
import { CloseCode } from '../../protocol/close-codes.js';
import type { ControlLink } from '../sessions/control-link.js';

/** Closes with a code. No close frame can carry 1006, so for 1006 the connection is broken without one. */
export function breakOff(link: ControlLink, code: number, reason: string): void {
  if (code === CloseCode.Abnormal) link.drop();
  else link.close(code, reason);
}

/** Codes that a close frame may carry, and 1006. RFC 6455 section 7.4. */
export function canEndWith(code: number): boolean {
  if (!Number.isInteger(code)) return false;
  return (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005) || (code >= 3000 && code <= 4999);
}
