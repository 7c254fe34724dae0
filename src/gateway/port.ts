/** The bot's main gateway, as rxvoice uses it: it emits payloads and takes voice state commands. */
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
 * Raw bot-gateway payloads in, op 4 commands out: the two halves of one shard in one value, so that they cannot be mixed up. The result of rxjs'
 * `webSocket()` is already one. Only `next` is ever called: `error` or `complete` would close the bot's socket.
 */
export type GatewayPort = Observable<GatewayPayload> & Pick<Observer<VoiceStateCommand>, 'next'>;

/** The object that identifies the bot of a port, if it is not the port itself. */
const bots = new WeakMap<object, object>();

/**
 * Makes a {@link GatewayPort} from the payloads of a shard and a function that sends on the same shard.
 *
 * Ports of the same `events$` count as the same bot: a second membership of one guild is refused with an AlreadyJoinedError, and `linger` hands over
 * from one to the other. If `events$` is created anew each time, make the port once and keep it.
 *
 * @param events$ the raw payloads; those rxvoice does not need are ignored. Its error becomes a `VoiceGatewayError`, its
 *   completion ends the session (`gateway-closed`)
 * @param send sends one op 4 command. What it throws becomes a `VoiceGatewayError`
 */
export function gatewayPort(
  events$: Observable<GatewayPayload>,
  send: (command: VoiceStateCommand) => void,
): GatewayPort {
  return gatewayPortOf(events$, events$, send);
}

/** A port with an object that identifies its bot across several ports, such as the client of a library. */
export function gatewayPortOf(
  bot: object,
  events$: Observable<GatewayPayload>,
  send: (command: VoiceStateCommand) => void,
): GatewayPort {
  const events = new Observable<GatewayPayload>((subscriber) => events$.subscribe(subscriber));
  const port = Object.assign(events, { next: (command: VoiceStateCommand): void => send(command) });
  bots.set(port, botOf(bot));
  return port;
}

/** The object that identifies the bot of a port: ports that share it belong to one bot. */
export function botOf(port: object): object {
  return bots.get(port) ?? port;
}
