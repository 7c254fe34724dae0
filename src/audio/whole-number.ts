/** The check of options that are counts. */
import { count } from '../checks/check.js';

/** @throws VoiceOptionsError that names the option, unless `value` is a whole number from `least` to `most` */
export function requireWholeNumber(name: string, value: number, least: number, most: number): void {
  count(`a whole number from ${least} to ${most}`, least, most)(name, value);
}
