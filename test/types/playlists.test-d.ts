/** The signatures of what is made of frames, checked by tsc alone: nothing here runs. */
import { BehaviorSubject, pipe, type Observable } from 'rxjs';
import { expectTypeOf } from 'vitest';
import { broadcast, gapless, onDemand, pausable, preload, repeated, source, startAt, type Broadcast, type FrameOperator, type FrameStream } from '../../src/audio/index.js';
import type { FrameInput, OpusFrame, PlayEnd, PlayEvent, PlayOptions, VoiceSession } from '../../src/index.js';

declare const session: VoiceSession;
declare const frames$: Observable<OpusFrame>;
const paused$ = new BehaviorSubject(false);

// What an operator gives is what a play takes, and what an operator takes.
expectTypeOf<FrameStream>().toExtend<FrameInput>();
expectTypeOf<Broadcast>().toExtend<FrameStream>();
expectTypeOf(session.play(pausable(paused$)(source('song.webm')))).toEqualTypeOf<Observable<PlayEvent>>();
expectTypeOf(pipe(startAt(90_000), preload(source('next.opus')), repeated(2), pausable(paused$))(frames$)).toEqualTypeOf<FrameStream>();
expectTypeOf(pausable).returns.toEqualTypeOf<FrameOperator>();
expectTypeOf(repeated()).toExtend<FrameOperator>();
repeated()(() => frames$);
gapless([source('a.opus'), () => frames$, [Uint8Array.of(0xfc)]]);
gapless(new BehaviorSubject(source('a.opus')));
onDemand((wanted$: Observable<boolean>) => (expectTypeOf(wanted$).toEqualTypeOf<Observable<boolean>>(), frames$));
expectTypeOf(broadcast(source('radio.mp3')).listeners$).toEqualTypeOf<Observable<number>>();
// @ts-expect-error an operator is called with frames: it is no operator of Observables
frames$.pipe(pausable(paused$));
// @ts-expect-error paused or not
pausable(new BehaviorSubject('paused'));
// @ts-expect-error a path is no source
gapless(['song.webm']);

// Every end is one of four, and knows what was heard.
expectTypeOf<NonNullable<PlayOptions['onEnd']>>().parameters.toEqualTypeOf<[PlayEnd]>();
expectTypeOf<PlayEnd['reason']>().toEqualTypeOf<'finished' | 'stopped' | 'failed' | 'session-ended'>();
expectTypeOf<PlayEnd['heard']>().toEqualTypeOf<number>();
