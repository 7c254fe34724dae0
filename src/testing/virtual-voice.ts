/**
 * A bot gateway and a voice server in memory and in virtual time: what `connectVoice$` meets in a marble test. Every answer
 * takes one round trip, 10 ms by default, so a diagram shows where the time goes. It speaks the same protocol code as the real
 * thing, down to the sealed datagram; only the sockets are missing.
 */
import { Observable, Subject, Subscription, timer } from 'rxjs';
import type { UdpPort, VoiceSocket } from '../driver/ports.js';
import { VoiceSocketClosedError } from '../errors.js';
import { gatewayPort, type GatewayPayload } from '../gateway/port.js';
import type { VoiceStateCommand } from '../protocol/commands.js';
import { encodeDiscoveryReply, parseDiscoveryRequest } from '../protocol/discovery.js';
import type { EncryptionMode } from '../protocol/encryption-modes.js';
import { encodeClientBinary, encodeJsonFrame, encodeServerBinary, parseJsonFrame, type WireMessage } from '../protocol/frames.js';
import { VoiceOp } from '../protocol/opcodes.js';
import { field } from '../protocol/payloads.js';
import { createSeal, type Seal } from '../crypto/seal.js';
import { answerPing } from '../protocol/keepalive.js';
import type { Snowflake } from '../types.js';
import { packetReader, type VirtualPacket } from './packet-reader.js';
import { VirtualMembers } from './virtual-members.js';
import type { VirtualFrame, VirtualSilence, VirtualVoice, VirtualVoiceOptions } from './virtual-world.js';

const KEY = new Uint8Array(32).fill(7);
const FIRST_SSRC = 1001;
const UDP_ADDRESS = { ip: '127.0.0.1', port: 50_000 };
const SELF_ADDRESS = { address: '203.0.113.9', port: 40_000 };

/** Makes the world around one session: give `gateway` to `connectVoice$`, and `transports` as its option. */
export function virtualVoice(options: VirtualVoiceOptions): VirtualVoice {
  const { scheduler, roundTrip = 10, eventOrder = 'state-first', heartbeatInterval = 13_750, version = 8 } = options;
  const { modes = ['aead_aes256_gcm_rtpsize'], daveVersion = 0 } = options;
  let silent = new Set(options.silent);
  let lost = options.lostDiscoveries ?? 0;
  let ssrc = FIRST_SSRC - 1;
  let token = 0;
  let sessionId = 'session';
  /** Where the user is, as the last voice state says. */
  let present: unknown = null;
  let guildId: Snowflake = VIRTUAL_IDS.guildId;
  /** The close code that awaits the next Resume. */
  let refusal: number | undefined;
  let mode = modes[0]!;
  const events$ = new Subject<GatewayPayload>();
  const commands$ = new Subject<VoiceStateCommand>();
  const frames$ = new Subject<VirtualFrame>();
  const packets$ = new Subject<VirtualPacket>();
  const sockets$ = new Subject<string>();
  let socket: { messages$: Subject<WireMessage>; close(code: number): void } | undefined;
  let udp: Subject<Uint8Array> | undefined;

  /** What the server seals with. One for all sessions of a mode: they share the key, and its counter must not begin again. */
  let seal: Seal | undefined;
  const members = new VirtualMembers({
    scheduler,
    seal: () => {
      if (udp === undefined) return undefined;
      if (seal?.mode !== mode) seal = createSeal(mode, KEY, { counter: 0, random: (bytes) => new Uint8Array(bytes) });
      return seal;
    },
    say: (op, d) => socket?.messages$.next(encodeJsonFrame(op, d)),
    deliver: (datagram) => udp?.next(datagram),
    place: (userId, inside) => {
      const channelId = typeof present === 'string' ? present : VIRTUAL_IDS.channelId;
      dispatch('VOICE_STATE_UPDATE', voiceState(guildId, inside ? channelId : null, `session of ${userId}`, userId));
    },
  });

  const later = (silence: VirtualSilence, round: number, act: () => void): Subscription =>
    timer(round * roundTrip, scheduler).subscribe(() => {
      if (!silent.has(silence)) act();
    });
  const dispatch = (t: string, d: Readonly<Record<string, unknown>>): void => {
    if (t === 'VOICE_STATE_UPDATE' && d['user_id'] === VIRTUAL_IDS.userId) present = d['channel_id'];
    if (t === 'READY') present = null;
    events$.next({ op: 0, t, d });
  };

  const nameServer = (guild: Snowflake, endpoint: string | null): void => {
    token += 1;
    dispatch('VOICE_SERVER_UPDATE', { guild_id: guild, token: `token-${token}`, endpoint });
  };

  const onCommand = (command: VoiceStateCommand): void => {
    commands$.next(command);
    const { guild_id, channel_id } = command.d;
    const rounds = eventOrder === 'state-first' ? { state: 1, server: 2 } : { state: 2, server: 1 };
    guildId = guild_id;
    const stays = channel_id === present;
    if (channel_id === null) {
      present = null;
      return;
    }
    later('state', rounds.state, () => dispatch('VOICE_STATE_UPDATE', voiceState(guild_id, channel_id, sessionId)));
    // As at Discord: a mute change brings no server.
    if (!stays) later('server', rounds.server, () => nameServer(guild_id, 'voice.test:443'));
  };

  const answer = (frame: VirtualFrame, say: (op: number, d: unknown) => void, close: (code: number) => void): void => {
    switch (frame.op) {
      case VoiceOp.Identify:
        ssrc += 1;
        later('ready', 1, () => say(VoiceOp.Ready, { ssrc, ...UDP_ADDRESS, modes }));
        break;
      case VoiceOp.SelectProtocol:
        mode = field(field(frame.d, 'data'), 'mode') as EncryptionMode;
        later('description', 1, () => {
          say(VoiceOp.SessionDescription, { mode, secret_key: [...KEY], dave_protocol_version: daveVersion });
          members.announce();
        });
        break;
      case VoiceOp.Heartbeat:
        later('heartbeat', 1, () => say(VoiceOp.HeartbeatAck, version >= 8 ? { t: field(frame.d, 't') } : frame.d));
        break;
      case VoiceOp.Resume:
        later('resumed', 1, () => {
          const code = refusal;
          refusal = undefined;
          if (code === undefined) say(VoiceOp.Resumed, null);
          else close(code);
        });
        break;
    }
  };

  const socket$ = new Observable<VoiceSocket>((subscriber) => {
    const messages$ = new Subject<WireMessage>();
    const say = (op: number, d: unknown): void => {
      if (!subscriber.closed) messages$.next(encodeJsonFrame(op, d));
    };
    const close = (code: number): void => subscriber.error(new VoiceSocketClosedError(code));
    sockets$.next('socket+');
    subscriber.add(
      later('open', 1, () => {
        socket = { messages$, close };
        subscriber.next({
          messages$,
          send: (message) => {
            const frame = typeof message === 'string' ? parseJsonFrame(message) : undefined;
            if (frame === undefined || subscriber.closed) return;
            frames$.next({ op: frame.op, d: frame.d });
            answer(frame, say, close);
          },
          drop: close,
        });
        later('hello', 0, () => say(VoiceOp.Hello, { heartbeat_interval: heartbeatInterval, v: version }));
      }),
    );
    subscriber.add(() => {
      socket = undefined;
      sockets$.next('socket-');
    });
  });

  const udp$ = new Observable<UdpPort>((subscriber) => {
    const datagrams$ = new Subject<Uint8Array>();
    const reader = packetReader(() => createSeal(mode, KEY, { random: (bytes) => new Uint8Array(bytes) }));
    udp = datagrams$;
    sockets$.next('udp+');
    loseUdp = (error) => subscriber.error(error);
    subscriber.next({
      datagrams$,
      send: (datagram) => {
        if (subscriber.closed) return;
        const asked = parseDiscoveryRequest(datagram);
        if (asked !== undefined && lost-- <= 0) {
          later('discovery', 1, () => datagrams$.next(encodeDiscoveryReply(asked, SELF_ADDRESS)));
        }
        const pong = answerPing(datagram);
        if (pong !== undefined) later('ping', 1, () => datagrams$.next(pong));
        const packet = asked === undefined ? reader(datagram) : undefined;
        if (packet !== undefined) packets$.next(packet);
      },
    });
    subscriber.add(() => {
      if (udp === datagrams$) udp = undefined;
      sockets$.next('udp-');
    });
  });

  let loseUdp: (error: Error) => void = () => undefined;
  return {
    gateway: gatewayPort(events$, onCommand),
    transports: { socket$: () => socket$, udp$: () => udp$ },
    commands$,
    frames$,
    packets$,
    sockets$,
    dispatch,
    reidentify: (next) => {
      sessionId = next;
      dispatch('READY', { session_id: 'gateway', shard: [0, 1] });
    },
    nameServer: (endpoint) => nameServer(guildId, endpoint),
    kick: () => {
      dispatch('VOICE_STATE_UPDATE', voiceState(VIRTUAL_IDS.guildId, null, sessionId));
      socket?.close(4014);
    },
    endGateway: (error) => (error === undefined ? events$.complete() : events$.error(error)),
    join: (userId) => members.join(userId),
    leave: (userId) => members.leave(userId),
    speak: (userId, frames, speech = {}) => members.speak(userId, frames, speech),
    close: (code) => socket?.close(code),
    say: (op, d, seq) => socket?.messages$.next(encodeJsonFrame(op, d, seq)),
    sayBinary: (op, body, seq) => socket?.messages$.next(version >= 8 ? encodeServerBinary(op, body, seq) : encodeClientBinary(op, body)),
    refuseResume: (code = 4006) => void (refusal = code),
    loseUdp: (error) => loseUdp(error),
    silence: (...next) => void (silent = new Set(next)),
  };
}

/** The `d` of a VOICE_STATE_UPDATE, of the user of {@link VIRTUAL_IDS} unless it is somebody else's. */
export function voiceState(
  guildId: Snowflake,
  channelId: Snowflake | null,
  sessionId = 'session',
  userId: Snowflake = VIRTUAL_IDS.userId,
): Readonly<Record<string, unknown>> {
  return { guild_id: guildId, channel_id: channelId, user_id: userId, session_id: sessionId };
}

/** Ids to join with. */
export const VIRTUAL_IDS = { guildId: '10', channelId: '20', userId: '30' } as const;
