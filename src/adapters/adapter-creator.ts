import { Observable } from 'rxjs';
import { gatewayPortOf, type GatewayPayload, type GatewayPort } from '../gateway/port.js';
import { GatewayOp } from '../protocol/opcodes.js';

/**
 * The voice adapter of many Discord libraries, such as `guild.voiceAdapterCreator`: it takes callbacks for two events, and returns a function to
 * send.
 */
export type VoiceAdapterCreator = (methods: {
  onVoiceStateUpdate(data: unknown): void;
  onVoiceServerUpdate(data: unknown): void;
  destroy(): void;
}) => {
  // A method, not a function property: libraries declare their own payload types here, and methods are compared loosely.
  sendPayload(payload: unknown): boolean;
  destroy(): void;
};

/** Libraries create a new creator at each access (discord.js' `guild.voiceAdapterCreator` is a getter), so only the ids tell bots apart. */
const ANY_BOT = {};

/**
 * The gateway port of one guild, from its voice adapter creator. An adapter is made for each subscription and destroyed with it.
 * If the library could not send a payload, the session errors with a VoiceGatewayError. If the library destroys the adapter, the session
 * ends (`gateway-closed`).
 */
export function fromAdapterCreator(create: VoiceAdapterCreator): GatewayPort {
  let adapter: ReturnType<VoiceAdapterCreator> | undefined;
  const events$ = new Observable<GatewayPayload>((subscriber) => {
    const dispatch = (t: string) => (d: unknown) => subscriber.next({ op: GatewayOp.Dispatch, t, d });
    const own = create({
      onVoiceStateUpdate: dispatch('VOICE_STATE_UPDATE'),
      onVoiceServerUpdate: dispatch('VOICE_SERVER_UPDATE'),
      destroy: () => subscriber.complete(),
    });
    adapter = own;
    return () => own.destroy();
  });
  return gatewayPortOf(ANY_BOT, events$, (command) => {
    if (adapter?.sendPayload(command) !== true) throw new Error('the library could not send op 4; is its shard connected?');
  });
}
