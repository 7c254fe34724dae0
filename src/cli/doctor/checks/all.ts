/** All checks of the doctor in order: what the others depend on comes first. */
import { version } from '../../version.js';
import { ok, type Check } from '../check.js';
import { clock } from './clock.js';
import { endToEnd, transport } from './encryption.js';
import { oneRxjs, packages } from './packages.js';
import { ffmpeg, opus } from './sound.js';
import { node, system } from './system.js';
import { token } from './token.js';
import { udp } from './udp.js';

export interface Circumstances {
  /** The ffmpeg to check; undefined searches for it. */
  readonly ffmpeg: string | undefined;
  /** The folder of the user's own code. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function allChecks({ ffmpeg: path, folder, env }: Circumstances): readonly Check[] {
  const rxvoice: Check = { name: 'rxvoice', run: () => ok(version()) };
  return [rxvoice, node, system, packages, oneRxjs(folder), transport, endToEnd, opus, ffmpeg(path), udp, clock, token(env)];
}
