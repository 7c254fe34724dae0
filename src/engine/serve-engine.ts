/** The far side: runs the sessions that the home side requests. */
import { defer, EMPTY, map, Observable, Subscription, throwError } from 'rxjs';
import { guarded } from '../edge.js';
import { SessionEndedError, VoiceOptionsError } from '../errors.js';
import type { VoiceOptions } from '../driver/options.js';
import type { VoiceSession } from '../driver/session/session.js';
import type { FrameDescription } from '../frames/description.js';
import type { FrameInput, PlayOptions } from '../media/send/play-options.js';
import type { PlayEnd, PlayEvent, Snowflake, VoicePacket, VoiceSignal } from '../types.js';
import { inlet } from './frame-inlet.js';
import { Arrivals } from './hand-over/arrivals.js';
import type { HandOver, Prepared } from './hand-over/prepared.js';
import { Peer } from './peer.js';
import { productionOf, type Production, type Sink } from './sink.js';
import { arrivedOptions } from './portable-options.js';
import { SessionMoved } from './session-moved.js';
import { tellNews, type SessionNews } from './session-news.js';
import { WIRE_VERSION, type EnginePort, type Topic } from './wire.js';

/** `driveVoice$`, or a replacement. */
export type Drive = (signals$: Observable<VoiceSignal>, options: VoiceOptions, guildId: Snowflake | null, session: number, keep: number, prepared?: Prepared) => Observable<VoiceSession>;

/** `session.play`, or a replacement. */
export type Play = (session: VoiceSession, frames: FrameInput, options: PlayOptions) => Observable<PlayEvent>;

/** The session's own `play`. */
export const ownPlay: Play = (session, frames, options) => session.play(frames, options);

/** Opens a source from its description. An exception fails the play. */
export type OpenSource = (description: FrameDescription) => FrameInput;

const opensNone: OpenSource = () => {
  throw new VoiceOptionsError('source', 'cannot be opened where the engine runs the session');
};

/**
 * Serves one home side until its port errors.
 *
 * @param handOver prepares sessions that arrive, and tells sessions to leave. Default: they arrive and leave unprepared
 */
export function serveEngine(port: EnginePort, drive: Drive, open = opensNone, play = ownPlay, handOver?: HandOver): Peer {
  const sessions = new Map<number, VoiceSession>();
  const arrivals = new Arrivals(handOver);
  const peer: Peer = new Peer(port, (topic, sink, id) => {
    switch (topic.what) {
      case 'session':
        return runSession(peer, sessions, { drive, arrivals, handOver }, topic, sink, id);
      case 'prepare':
        return arrivals.prepare(topic, sink, id);
      case 'move':
        return productionOf(leaving$(sessions.get(topic.session), handOver), sink);
      case 'signals':
      case 'frames':
        throw new VoiceOptionsError('topic', `'${topic.what}' is of the home side`);
      default: {
        const session = sessions.get(topic.session);
        if (session !== undefined) return productionOf(ofSession(peer, session, topic, id, open, play), sink);
        const early$ = topic.what === 'play' ? arrivals.play$(topic.session, topic.source, () => framesOf(peer, topic, id, open), (arrived, frames) => played$(arrived, frames, topic, play)) : undefined;
        return productionOf(early$ ?? throwError(() => new SessionEndedError(null)), sink);
      }
    }
  });
  return peer;
}

type SessionTopic = Extract<Topic, { readonly what: 'session' }>;

/** How sessions run, arrive and leave here. */
interface Ways {
  readonly drive: Drive;
  readonly arrivals: Arrivals;
  readonly handOver: HandOver | undefined;
}

function runSession(peer: Peer, sessions: Map<number, VoiceSession>, { drive, arrivals, handOver }: Ways, topic: SessionTopic, sink: Sink, id: number): Production {
  if (topic.version !== WIRE_VERSION)
    throw new VoiceOptionsError('engine', `speaks version ${topic.version} at home and ${WIRE_VERSION} where the session is to run: install the same rxvoice on both sides`);
  const tell = (news: SessionNews, patience?: number): void => sink.next(news, patience);
  const options = arrivedOptions(topic.options, topic.log ? (log) => tell({ log }) : undefined);
  const signals$ = peer.observe$({ what: 'signals', session: id }) as Observable<VoiceSignal>;
  let letGo = (): void => undefined;
  const prepared = arrivals.begin(id, topic.prepared);
  // Created first: a session that was kept here is emitted at once.
  const subscription = new Subscription();
  subscription.add(
    defer(() => drive(signals$, options, topic.guildId, id, topic.keep ?? 0, prepared)).subscribe({
      next: (session) => {
        sessions.set(id, session);
        subscription.add(tellNews(session, tell));
        arrivals.arrived(id, session);
        const departure = handOver?.departure(session);
        if (topic.prepares === true) subscription.add(departure?.soon$.subscribe(() => tell({ moving: true })));
        if (topic.directed === true) subscription.add(departure?.to$.subscribe((to) => tell(to === null ? { moving: false } : { moving: true, to })));
      },
      // Sent before any part of the session ends, so that its plays move with it.
      error: (error: unknown) => {
        if (error instanceof SessionMoved) {
          letGo = error.letGo;
          tell({ moved: true });
        } else sink.error(error);
        subscription.unsubscribe();
      },
      complete: () => {
        sink.complete();
        subscription.unsubscribe();
      },
    }),
  );
  subscription.add(() => {
    sessions.delete(id);
    arrivals.gone(id);
  });
  const close = (): void => {
    guarded(() => subscription.unsubscribe());
    letGo();
  };
  return { demand: () => undefined, close };
}

/** The next place of the session is prepared. A session that has already left need not be told. */
function leaving$(session: VoiceSession | undefined, handOver: HandOver | undefined): Observable<never> {
  return defer(() => {
    if (session !== undefined) handOver?.departure(session)?.leave();
    return EMPTY;
  });
}

type OfSession = Exclude<Topic, { readonly what: 'session' | 'prepare' | 'move' | 'signals' | 'frames' }>;
type PlayTopic = Extract<Topic, { readonly what: 'play' }>;

function ofSession(peer: Peer, session: VoiceSession, topic: OfSession, id: number, open: OpenSource, play: Play): Observable<unknown> {
  switch (topic.what) {
    case 'play':
      return played$(session, framesOf(peer, topic, id, open), topic, play);
    case 'receive':
      return session.receive(topic.userId).pipe(map(ownBytes));
    case 'verify':
      return session.verify(topic.userId);
    default:
      return session[topic.what];
  }
}

/** The frames of a source that is opened here, or those of the home side. */
function framesOf(peer: Peer, { source, ahead }: PlayTopic, id: number, open: OpenSource): FrameInput {
  return source !== undefined ? open(source) : inlet((sink, begun) => void peer.subscribe({ what: 'frames', play: id }, sink, begun), ahead);
}

function played$(session: VoiceSession, frames: FrameInput, { options }: PlayTopic, play: Play): Observable<PlayEvent | { readonly end: PlayEnd }> {
  return new Observable((subscriber) => {
    // After the last event and before completion or error, the same order as at home.
    const onEnd = (end: PlayEnd): void => subscriber.next({ end });
    return play(session, frames, { ...options, onEnd }).subscribe(subscriber);
  });
}

/** The frame may be a view of a datagram, or of a larger buffer: cloning a view clones the whole buffer. */
function ownBytes(packet: VoicePacket): VoicePacket {
  return packet.frame.byteLength === packet.frame.buffer.byteLength ? packet : { ...packet, frame: packet.frame.slice() };
}
