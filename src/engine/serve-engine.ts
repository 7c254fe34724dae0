/** The far side: runs the sessions that the home side asks for. */
import { map, Observable, Subscription, throwError } from 'rxjs';
import { guarded } from '../edge.js';
import { SessionEndedError, VoiceOptionsError } from '../errors.js';
import type { VoiceOptions } from '../driver/options.js';
import type { VoiceSession } from '../driver/session/session.js';
import type { FrameDescription } from '../frames/description.js';
import type { FrameInput, PlayOptions } from '../media/send/play-options.js';
import type { PlayEnd, PlayEvent, Snowflake, VoicePacket, VoiceSignal } from '../types.js';
import { inlet } from './frame-inlet.js';
import { Peer, productionOf, type Production, type Sink } from './peer.js';
import { arrivedOptions } from './portable-options.js';
import { SessionMoved } from './session-moved.js';
import { tellNews, type SessionNews } from './session-news.js';
import { WIRE_VERSION, type EnginePort, type Topic } from './wire.js';

/** `driveVoice$`, or what stands for it. */
export type Drive = (signals$: Observable<VoiceSignal>, options: VoiceOptions, guildId: Snowflake | null, session: number, keep: number) => Observable<VoiceSession>;

/** `session.play`, or what stands for it. */
export type Play = (session: VoiceSession, frames: FrameInput, options: PlayOptions) => Observable<PlayEvent>;

/** That of the session. */
export const ownPlay: Play = (session, frames, options) => session.play(frames, options);

/** Opens a source that was described. What it throws fails the play. */
export type OpenSource = (description: FrameDescription) => FrameInput;

const opensNone: OpenSource = () => {
  throw new VoiceOptionsError('source', 'cannot be opened where the engine runs the session');
};

/** Serves one home side until its port errors. */
export function serveEngine(port: EnginePort, drive: Drive, open = opensNone, play = ownPlay): Peer {
  const sessions = new Map<number, VoiceSession>();
  const peer: Peer = new Peer(port, (topic, sink, id) => {
    switch (topic.what) {
      case 'session':
        return runSession(peer, sessions, drive, topic, sink, id);
      case 'signals':
      case 'frames':
        throw new VoiceOptionsError('topic', `'${topic.what}' is of the home side`);
      default: {
        const session = sessions.get(topic.session);
        return productionOf(session === undefined ? throwError(() => new SessionEndedError(null)) : ofSession(peer, session, topic, id, open, play), sink);
      }
    }
  });
  return peer;
}

type SessionTopic = Extract<Topic, { readonly what: 'session' }>;

function runSession(peer: Peer, sessions: Map<number, VoiceSession>, drive: Drive, topic: SessionTopic, sink: Sink, id: number): Production {
  if (topic.version !== WIRE_VERSION)
    throw new VoiceOptionsError('engine', `speaks version ${topic.version} at home and ${WIRE_VERSION} where the session is to run: install the same rxvoice on both sides`);
  const tell = (news: SessionNews, patience?: number): void => sink.next(news, patience);
  const options = arrivedOptions(topic.options, topic.log ? (log) => tell({ log }) : undefined);
  const signals$ = peer.observe$({ what: 'signals', session: id }) as Observable<VoiceSignal>;
  const forget = (): void => void sessions.delete(id);
  let letGo = (): void => undefined;
  // A session that was left behind is there at once, within the subscription.
  let news = Subscription.EMPTY;
  const subscription = drive(signals$, options, topic.guildId, id, topic.keep ?? 0).subscribe({
    next: (session) => {
      sessions.set(id, session);
      news = tellNews(session, tell);
    },
    // Told before anything of it ends: what plays is taken along.
    error: (error: unknown) => {
      if (!(error instanceof SessionMoved)) return sink.error(error);
      letGo = error.letGo;
      tell({ moved: true });
    },
    complete: () => sink.complete(),
  });
  subscription.add(forget);
  subscription.add(() => news.unsubscribe());
  const close = (): void => {
    guarded(() => subscription.unsubscribe());
    letGo();
  };
  return { demand: () => undefined, close };
}

type OfSession = Exclude<Topic, { readonly what: 'session' | 'signals' | 'frames' }>;

function ofSession(peer: Peer, session: VoiceSession, topic: OfSession, id: number, open: OpenSource, play: Play): Observable<unknown> {
  switch (topic.what) {
    case 'play': {
      const frames = topic.source !== undefined ? open(topic.source) : inlet((sink, begun) => void peer.subscribe({ what: 'frames', play: id }, sink, begun), topic.ahead);
      return new Observable((subscriber) => {
        // Behind the last event and before the last notification, as it is told at home.
        const onEnd = (end: PlayEnd): void => subscriber.next({ end });
        return play(session, frames, { ...topic.options, onEnd }).subscribe(subscriber);
      });
    }
    case 'receive':
      return session.receive(topic.userId).pipe(map(ownBytes));
    case 'verify':
      return session.verify(topic.userId);
    default:
      return session[topic.what];
  }
}

/** The frame may be a view of a datagram, or of more: to clone a view is to clone all that it looks into. */
function ownBytes(packet: VoicePacket): VoicePacket {
  return packet.frame.byteLength === packet.frame.buffer.byteLength ? packet : { ...packet, frame: packet.frame.slice() };
}
