/**
 * The two ways to make a WebSocket into a voice connection, as stages that follow one another:
 *
 * ```
 * identify   Identify → Ready → UDP socket → IP discovery → Select Protocol → Session Description → media
 * resume     Resume → Resumed
 * ```
 */
import { catchError, concatMap, defer, from, map, of, switchMap, take, throwError, type Observable } from 'rxjs';
import { prepareMode } from '../../crypto/seal.js';
import { VoiceUnsupportedError } from '../../errors.js';
import { identify, resume, selectProtocol } from '../../protocol/commands.js';
import type { DiscoveredAddress } from '../../protocol/discovery.js';
import { isEncryptionMode, pickMode, type EncryptionMode } from '../../protocol/encryption-modes.js';
import { readHello, readReady, readSessionDescription, type Hello, type Ready, type SessionDescription } from '../../protocol/payloads.js';
import { GATEWAY_VERSIONS, LATEST_GATEWAY_VERSION, VoiceOp } from '../../protocol/opcodes.js';
import type { VoiceServer } from '../../types.js';
import type { Control } from './control.js';
import { UdpLost } from '../recovery/fault-errors.js';
import { ipDiscovery$ } from './ip-discovery.js';
import type { MediaSlot } from './media-slot.js';
import type { ResolvedOptions } from '../options.js';
import type { UdpAddress, UdpPort } from '../ports.js';
import { inStage, type StageOptions } from './stages.js';

/** Waits for Hello, emits it and completes. The version it names, if lower than what we asked for, is spoken from then on. */
export function hello$(control: Control): Observable<Hello> {
  return control.values(VoiceOp.Hello, readHello).pipe(
    take(1),
    map((hello) => {
      const known = GATEWAY_VERSIONS.find((version) => version === hello.version) ?? LATEST_GATEWAY_VERSION;
      if (known < control.version) control.version = known;
      return hello;
    }),
  );
}

/** Sends Identify; emits what Ready says, and completes. */
export function identify$(control: Control, server: VoiceServer, maxDaveVersion: number): Observable<Ready> {
  return control.request(identify(server, maxDaveVersion), VoiceOp.Ready, readReady);
}

/** Sends Select Protocol; emits what Session Description says, and completes. */
export function sessionDescription$(
  control: Control,
  address: DiscoveredAddress,
  mode: EncryptionMode,
): Observable<SessionDescription> {
  return control.request(selectProtocol(address, mode), VoiceOp.SessionDescription, readSessionDescription);
}

/** Sends Resume with the last sequence number seen; emits once when the server says Resumed, and completes. */
export function resume$(control: Control, server: VoiceServer): Observable<object> {
  return control.request(resume(server, control.version, control.seq), VoiceOp.Resumed, () => ({}));
}

/** The media session that an Identify has led to. */
export interface Handshake {
  readonly ssrc: number;
  readonly port: UdpPort;
  readonly mode: EncryptionMode;
  /** A secret. */
  readonly secretKey: Uint8Array;
  readonly daveVersion: number;
}

/** From Identify to Session Description. The UDP socket it opens belongs to the slot and outlives this flow. */
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
    inStage('ready', stages),
    switchMap((ready) =>
      slot.hold(udp$(ready, options)).pipe(
        switchMap((port) =>
          ipDiscovery$(port, ready.ssrc, {
            scheduler: options.scheduler,
            onRequest: (attempt) => log({ type: 'discovery', attempt }),
          }).pipe(map((address) => ({ port, address }))),
        ),
        inStage('discovery', stages),
        switchMap(({ port, address }) =>
          describe$(control, address, ready, options, stages).pipe(
            map(({ mode, secretKey, daveVersion }) => ({ ssrc: ready.ssrc, port, mode, secretKey, daveVersion })),
          ),
        ),
      ),
    ),
    // The UDP socket lives on in the slot; from here on its loss is the slot's to tell.
    take(1),
  );
}

function udp$(address: UdpAddress, { transports }: ResolvedOptions): Observable<UdpPort> {
  return defer(() => transports.udp$(address)).pipe(catchError((error: unknown) => throwError(() => new UdpLost(error))));
}

/** Chooses the mode, loads its cipher if that is still to be done, and selects it. */
function describe$(
  control: Control,
  address: DiscoveredAddress,
  ready: Ready,
  options: ResolvedOptions,
  stages: StageOptions,
): Observable<{ mode: EncryptionMode; secretKey: Uint8Array; daveVersion: number }> {
  const mode = pickMode(ready.modes, options.modes);
  if (mode === undefined)
    return unsupported(`it offers ${ready.modes.join(', ') || 'none'}; allowed here: ${options.modes.join(', ')}`);
  const loading = prepareMode(mode);
  // Waited for only where there is something to wait for: no promise stands in a flow of virtual time.
  return (loading === undefined ? of(undefined) : from(loading)).pipe(
    concatMap(() => sessionDescription$(control, address, mode).pipe(inStage('description', stages))),
    switchMap(({ mode: described, secretKey, daveVersion }) => {
      // The server has the last word on the mode, but not beyond what the caller allows.
      if (!isEncryptionMode(described) || !options.modes.includes(described))
        return unsupported(`it described ${described} where ${mode} was selected`);
      return of({ mode: described, secretKey, daveVersion });
    }),
  );
}

function unsupported(detail: string): Observable<never> {
  return throwError(() => new VoiceUnsupportedError('encryption', detail));
}
