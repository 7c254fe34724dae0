/** The checks of {@link VirtualVoiceOptions}. */
import { amount, count, fields, listOf, oneOf, type Check } from '../../checks/check.js';
import { FLAG, SCHEDULER } from '../../checks/common.js';
import { ENCRYPTION_MODES } from '../../protocol/encryption-modes.js';
import { GATEWAY_VERSIONS } from '../../protocol/opcodes.js';
import type { VirtualSilence, VirtualVoiceOptions } from './virtual-world.js';

const SILENCES = {
  state: true, server: true, open: true, hello: true, ready: true, discovery: true, description: true, dave: true, heartbeat: true, ping: true, resumed: true,
} satisfies Readonly<Record<VirtualSilence, true>>; // prettier-ignore

/** The checks that a `voiceTest` uses too. */
export const WORLD_CHECKS: { readonly [Name in keyof Required<Omit<VirtualVoiceOptions, 'scheduler'>>]: Check } = {
  roundTrip: amount('ms, 0 or more', 0),
  eventOrder: oneOf(['state-first', 'server-first'] satisfies VirtualVoiceOptions['eventOrder'][]),
  heartbeatInterval: amount('ms, more than 0', Number.MIN_VALUE),
  version: oneOf(GATEWAY_VERSIONS),
  modes: listOf(oneOf(ENCRYPTION_MODES), 'encryption modes'),
  silent: listOf(oneOf(Object.keys(SILENCES)), 'what is never answered', 0),
  lostDiscoveries: count('a whole number of requests, 0 or more', 0),
  daveVersion: count('a DAVE version, 0 for none', 0),
  dave: FLAG,
};
const options = fields({ scheduler: SCHEDULER, ...WORLD_CHECKS }, ['scheduler']);

/** @throws VoiceOptionsError that names the first wrong option */
export function checkWorld(given: VirtualVoiceOptions): void {
  options('', given);
}
