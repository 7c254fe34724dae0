/** Diagrams of playing: operators on frames, each on a session without a connection. */
import { merge, Subject, type Observable } from 'rxjs';
import { broadcast, gapless, onDemand, pausable, preload, repeated, startAt } from '../../src/audio/index.js';
import type { FrameInput, PlayEvent } from '../../src/index.js';
import { frameName, testFrame, testFrames, virtualSession } from '../../src/testing/index.js';
import type { Diagram, Pen } from './recording.js';

const numbered = (frame: Uint8Array): string => frameName(frame).replace('frame ', '').replace('silence', 's');
const told = ({ type }: PlayEvent): string => type;

/** The events of a play except its frames, and the datagrams that are heard. */
function played(pen: Pen, frames: FrameInput): void {
  const double = virtualSession();
  pen.result('datagrams', double.frames$, numbered);
  pen.run(double.session.play(frames));
}

/** Sources of frames; each notes the moment at which it is opened. */
function opened(pen: Pen, sources: Readonly<Record<string, readonly Uint8Array[]>>): Readonly<Record<string, () => Iterable<Uint8Array>>> {
  const opened$ = new Subject<string>();
  pen.result('opened', opened$, String, 'in');
  const maker = ([name, frames]: [string, readonly Uint8Array[]]): [string, () => Iterable<Uint8Array>] => [
    name,
    function* () {
      opened$.next(name);
      yield* frames;
    },
  ];
  return Object.fromEntries(Object.entries(sources).map(maker));
}

export const PLAYLIST: Readonly<Record<string, Diagram>> = {
  gapless: {
    title: 'session.play(gapless([a, b], { ahead: 2 }))',
    says: 'The frames of two sources as one; the second source is opened while the last frames of the first still wait to be sent.',
    until: 260,
    draw: (pen) => {
      const { a, b } = opened(pen, { a: testFrames(4), b: testFrames(3, 10) });
      played(pen, gapless([a!, b!], { ahead: 2 }));
    },
  },
  preload: {
    title: 'session.play(preload(b, { ahead: 2 })(a))',
    says: 'The frames of one source, then those of the other, without a gap.',
    until: 220,
    draw: (pen) => {
      const { a, b } = opened(pen, { a: testFrames(3), b: testFrames(2, 10) });
      played(pen, preload(b!, { ahead: 2 })(a!()));
    },
  },
  repeated: {
    title: 'session.play(repeated(3)(frames))',
    says: 'The same frames three times, without a gap.',
    until: 200,
    draw: (pen) => played(pen, repeated(3)(testFrames(2))),
  },
  startAt: {
    title: 'session.play(startAt(45)(frames))',
    says: 'Starts with the frame that contains the position 45 ms.',
    until: 160,
    draw: (pen) => played(pen, startAt(45)(testFrames(5))),
  },
  pausable: {
    title: 'session.play(pausable(by$)(frames))',
    says: 'A pause is five frames of silence, and then nothing; the play goes on with the next frame.',
    until: 320,
    draw: (pen) => {
      const by$ = pen.source('by$', '30ms t 149ms f', { t: true, f: false }, { t: 'pause', f: 'go on' });
      const double = virtualSession();
      pen.result('datagrams', double.frames$, numbered);
      pen.result('result', double.session.play(pausable(by$)(testFrames(4))), told);
    },
  },
  onDemand: {
    title: 'session.play(onDemand(produce, { high: 4, low: 1 }))',
    says: 'The producer is told when to wait and when to go on; nothing is lost.',
    until: 260,
    draw: (pen) => {
      const wanted = pen.lane<boolean>('wanted$', (yes) => (yes ? 'wanted' : 'enough'), 'in');
      const pushed$ = new Subject<Uint8Array>();
      const pushed = pen.lane<Uint8Array>('produced', numbered, 'in');
      let next = 0;
      const produce = (wanted$: Observable<boolean>): Observable<Uint8Array> => {
        wanted(wanted$).subscribe((yes) => {
          // Four at once, as a service sends them; eight in total.
          if (yes && next < 8) pen.at(5, () => Array.from({ length: 4 }, () => pushed$.next(testFrame(next++))));
        });
        return merge(pushed(pushed$));
      };
      played(pen, onDemand(produce, { high: 4, low: 1 }));
    },
  },
  broadcast: {
    title: 'radio = broadcast(frames)',
    says: 'One source for two sessions: it is opened for the first, and the second joins at the current frame.',
    until: 200,
    draw: (pen) => {
      const { a } = opened(pen, { a: testFrames(5) });
      const radio = broadcast({ [Symbol.iterator]: () => a!()[Symbol.iterator]() });
      const [one, other] = [virtualSession(), virtualSession({ guildId: '11' })];
      pen.result('one', one.frames$, numbered);
      pen.result('another', other.frames$, numbered);
      pen.run(one.session.play(radio));
      pen.at(50, () => pen.run(other.session.play(radio)));
    },
  },
};
