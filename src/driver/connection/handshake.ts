/**
 * The two ways to turn a WebSocket into a voice connection, as stages in sequence:
 *
 * ```
 * identify   Identify → Ready → UDP socket → IP discovery → Select Protocol → Session Description → media
 * resume     Resume → Resumed
 * ```
 */
import { Observable, of } from 'rxjs';
import { VoiceUnsupportedError } from '../../errors.js';
import { identify, resume, selectProtocol } from '../../protocol/commands.js';
import type { DiscoveredAddress } from '../../protocol/discovery.js';
import { isEncryptionMode, type EncryptionMode } from '../../protocol/encryption-modes.js';
import { readHello, readReady, readSessionDescription, type Hello, type Ready, type SessionDescription } from '../../protocol/payloads.js';
import { GATEWAY_VERSIONS, VoiceOp } from '../../protocol/opcodes.js';
import type { VoiceServer } from '../../types.js';
import type { Control } from './control.js';
import { encryptionMode$ } from './encryption-mode.js';
import { ipDiscovery$ } from './ip-discovery.js';
import type { MediaSlot } from './media-slot.js';
import { followedBy, operate } from '../../operate.js';
import type { ResolvedOptions } from '../options.js';
import type { UdpPort } from '../ports.js';
import { orNowhere } from './send-only.js';
import { inStage, type StageOptions } from './stages.js';

/**
 * Waits for Hello, emits it and completes. If it names a version lower than the requested one, that version is used from then on.
 *
 * ```
 * frames  ----H---
 * result  ----(H|)
 * ```
 */
export function hello$(control: Control): Observable<Hello> {
  return new Observable((subscriber) => {
    const next = (hello: Hello): void => {
      const known = GATEWAY_VERSIONS.find((version) => version === hello.version) ?? control.version;
      if (known < control.version) control.version = known;
      subscriber.next(hello);
      subscriber.complete();
    };
    control.values(VoiceOp.Hello, readHello).subscribe(operate({ destination: subscriber, next }));
  });
}

/**
 * Sends Identify; emits the contents of Ready, and completes.
 *
 * ```
 * sent    i-------
 * frames  ----R---
 * result  ----(R|)
 * ```
 *
 * @param maxDaveVersion the highest version of DAVE that you support: a provider's `maxProtocolVersion`. Default 0, none
 */
export function identify$(control: Control, server: VoiceServer, maxDaveVersion = 0): Observable<Ready> {
  return control.request(identify(server, maxDaveVersion, control.version), VoiceOp.Ready, readReady);
}

/**
 * Sends Select Protocol; emits the contents of Session Description, and completes. They include the secret key.
 *
 * ```
 * sent    s-------
 * frames  ----D---
 * result  ----(D|)
 * ```
 */
export function sessionDescription$(
  control: Control,
  address: DiscoveredAddress,
  mode: EncryptionMode,
): Observable<SessionDescription> {
  return control.request(selectProtocol(address, mode), VoiceOp.SessionDescription, readSessionDescription);
}

/**
 * Sends Resume with the last sequence number seen; emits once when the server says Resumed, and completes.
 *
 * ```
 * sent    r-------
 * frames  -x-x-R--    x is replayed, and emitted by frames$
 * result  -----(R|)
 * ```
 */
export function resume$(control: Control, server: VoiceServer): Observable<object> {
  return control.request(resume(server, control.version, control.seq), VoiceOp.Resumed, () => ({}));
}

/** The media session that resulted from an Identify. */
export interface Handshake {
  readonly ssrc: number;
  readonly port: UdpPort;
  readonly mode: EncryptionMode;
  /** A secret. */
  readonly secretKey: Uint8Array;
  readonly daveVersion: number;
}

/**
 * From Identify to Session Description. The UDP socket that it opens belongs to the slot and outlives this flow: the consumer unsubscribes at the
 * single value, and from then on the slot reports the loss of the socket.
 */
export function handshake$(
  control: Control,
  server: VoiceServer,
  slot: MediaSlot,
  options: ResolvedOptions,
  stages: StageOptions,
): Observable<Handshake> {
  const log = options.logFor(server.guildId);
  const maxDaveVersion = options.dave === false ? 0 : options.dave.maxProtocolVersion;
  return identify$(control, server, maxDaveVersion).pipe(
    inStage('ready', stages, (ready) => {
      const { ssrc } = ready;
      let port: UdpPort;
      return slot.hold(options.transports.udp$(ready)).pipe(
        followedBy((opened) => {
          port = opened;
          const onRequest = (attempt: number): void => log({ type: 'discovery', attempt });
          return ipDiscovery$(port, ssrc, { scheduler: options.scheduler, onRequest }).pipe(orNowhere(options, log));
        }),
        inStage('discovery', stages, (address) => describe$(control, address, ready, port, options, stages)),
      );
    }),
  );
}

/** Chooses the mode, loads its cipher if necessary, and selects it. */
function describe$(
  control: Control,
  address: DiscoveredAddress,
  { ssrc, modes }: Ready,
  port: UdpPort,
  options: ResolvedOptions,
  stages: StageOptions,
): Observable<Handshake> {
  return encryptionMode$(modes, options.modes).pipe(
    followedBy((mode) =>
      sessionDescription$(control, address, mode).pipe(
        inStage('description', stages, ({ mode: described, secretKey, daveVersion }) => {
          // Not even another allowed mode is accepted: its cipher may not be loaded, and the mode may leave the header unauthenticated.
          if (described !== mode) throw unsupported(described, mode);
          return of({ ssrc, port, mode, secretKey, daveVersion });
        }),
      ),
    ),
  );
}

function unsupported(described: string, selected: EncryptionMode): VoiceUnsupportedError {
  const what = isEncryptionMode(described) ? described : 'an unknown mode';
  return new VoiceUnsupportedError('encryption', `it described ${what} where ${selected} was selected`);
}
