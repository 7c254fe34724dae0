/**
 * A main gateway on loopback, only as needed for a bot that does nothing but voice: Identify, READY, heartbeats, and op 4, which the voice server
 * answers. It accepts any token, does not keep it, and makes a new user for each connection.
 */
import { Observable, type Subscription } from 'rxjs';
import { WebSocketServer, type WebSocket } from 'ws';
import { boundedSend } from '../../bounded-send.js';
import { field } from '../../protocol/payloads.js';
import { voiceStateCommand } from '../../protocol/commands.js';
import { GatewayOp } from '../../protocol/opcodes.js';
import type { LoopbackVoiceServer } from '../../server/index.js';
import { CommandFailed } from '../command.js';
import { MainOp, readPayload } from '../discord/payloads.js';
import { portRefusal } from './port-refusal.js';

export interface MainGateway {
  /** `ws://127.0.0.1:PORT`. */
  readonly url: string;
}

const HEARTBEAT_MS = 41_250;
/** GUILD_VOICE_STATES. A bot without this intent gets no voice states, as at Discord. */
const VOICE_STATES = 1 << 7;
/** Users are numbered from here: lower ids are for direct users of the voice server. */
const FIRST_USER = 1_001;
const LOOPBACK = '127.0.0.1';
const MAX_MESSAGE_BYTES = 16 << 10;
/** The limit for a bot that does not read. */
const MAX_WAITING_BYTES = 1 << 20;

/**
 * Listens. Emits once, when it does; errors with CommandFailed if it cannot; unsubscribing breaks all connections.
 *
 * @param port 0: any
 */
export function mainGateway$(voice: LoopbackVoiceServer, port: number): Observable<MainGateway> {
  return new Observable((subscriber) => {
    const server = new WebSocketServer({ host: LOOPBACK, port, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false });
    let users = FIRST_USER;
    server.on('error', (error: NodeJS.ErrnoException) => subscriber.error(new CommandFailed(portRefusal(port, error), { cause: error })));
    server.on('listening', () => {
      const address = server.address();
      subscriber.next({ url: `ws://${LOOPBACK}:${typeof address === 'object' && address !== null ? address.port : port}` });
    });
    server.on('connection', (socket) => converse(socket, voice, () => String(users++)));
    return () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
    };
  });
}

/** Handles one bot, from Hello to the end of its connection, when it leaves every channel. */
function converse(socket: WebSocket, voice: LoopbackVoiceServer, newUser: () => string): void {
  let sequence = 0;
  let userId: string | undefined;
  let events: Subscription | undefined;
  const guilds = new Set<string>();
  const bounded = boundedSend(socket, MAX_WAITING_BYTES);
  const send = (op: number, rest: object = {}): void => bounded.send(JSON.stringify({ op, ...rest }));
  const dispatch = (t: string, d: unknown): void => send(MainOp.Dispatch, { t, s: ++sequence, d });

  const identify = (d: unknown): void => {
    if (userId !== undefined) return socket.close(4005, 'already identified');
    if (typeof field(d, 'token') !== 'string') return socket.close(4004, 'no token');
    const id = (userId = newUser());
    const intents = field(d, 'intents');
    const user = { id, username: `user${id}`, discriminator: '0', global_name: null, avatar: null, bot: true };
    dispatch('READY', { v: 10, user, guilds: [], session_id: `serve-${id}`, application: { id, flags: 0 }, shard: [0, 1] });
    if (typeof intents !== 'number' || (intents & VOICE_STATES) === 0) return;
    events = voice.gateway(id).subscribe(({ t, d }) => {
      if (typeof t === 'string') dispatch(t, d);
    });
  };
  const command = (d: unknown): void => {
    if (userId === undefined) return socket.close(4003, 'not identified');
    const guildId = field(d, 'guild_id');
    if (typeof guildId === 'string') guilds.add(guildId);
    // Passed on unchecked: the voice server checks it.
    voice.gateway(userId).next({ op: GatewayOp.VoiceStateUpdate, d } as Parameters<ReturnType<LoopbackVoiceServer['gateway']>['next']>[0]);
  };

  socket.on('message', (data, isBinary) => {
    const payload = isBinary ? undefined : readPayload(String(data));
    if (payload === undefined) return socket.close(4002, 'not JSON');
    switch (payload.op) {
      case MainOp.Heartbeat:
        return send(MainOp.HeartbeatAck);
      case MainOp.Identify:
        return identify(payload.d);
      case MainOp.Resume:
        // Its user has already left with the old connection.
        return send(MainOp.InvalidSession, { d: false });
      case GatewayOp.VoiceStateUpdate:
        return command(payload.d);
    }
  });
  socket.on('error', () => undefined);
  socket.on('close', () => {
    events?.unsubscribe();
    if (userId !== undefined) for (const guildId of guilds) voice.gateway(userId).next(voiceStateCommand(guildId, null, false, false));
  });
  send(MainOp.Hello, { d: { heartbeat_interval: HEARTBEAT_MS } });
}
