/** The bot's main gateway, as rxvoice sees it: payloads out, voice state commands in. */
import { Observable, type Observer } from 'rxjs';
import type { VoiceStateCommand } from '../protocol/commands.js';

/** A bot-gateway payload. Loose on purpose: any Discord library's payloads fit, and the fields are checked where they are used. */
export interface GatewayPayload {
  readonly op: number;
  readonly t?: string | null;
  readonly s?: number | null;
  readonly d?: unknown;
}

/**
 * Raw bot-gateway payloads in, op 4 commands out: the two halves of one shard in one value, so that they cannot be mixed up.
 * What rxjs' `webSocket()` returns already is one. Only `next` is ever called: `error` or `complete` would close the bot's socket.
 */
export type GatewayPort = Observable<GatewayPayload> & Pick<Observer<VoiceStateCommand>, 'next'>;

/**
 * Makes a {@link GatewayPort} of the payloads of a shard and a function that sends on that same shard.
 *
 * @param events$ the raw payloads; those rxvoice does not need are ignored. Its error becomes a `VoiceGatewayError`, its
 *   completion ends the session (`gateway-closed`)
 * @param send sends one op 4 command. What it throws becomes a `VoiceGatewayError`
 */
export function gatewayPort(
  events$: Observable<GatewayPayload>,
  send: (command: VoiceStateCommand) => void,
): GatewayPort {
  const port = new Observable<GatewayPayload>((subscriber) => events$.subscribe(subscriber));
  return Object.assign(port, { next: (command: VoiceStateCommand): void => send(command) });
}
