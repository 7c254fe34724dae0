import { describe, expect, it } from 'vitest';
import * as errors from '../../../src/errors.js';
import { ErrorBook } from '../../../src/engine/wire-error.js';

const travel = (from: ErrorBook, to: ErrorBook, error: unknown): unknown => to.decode(structuredClone(from.encode(error)));

const SAMPLES: Readonly<Record<string, () => errors.VoiceError>> = {
  AlreadyJoinedError: () => new errors.AlreadyJoinedError('1', '2'),
  VoiceTimeoutError: () => new errors.VoiceTimeoutError('hello', 5_000, 'a firewall', true),
  VoiceSocketClosedError: () => new errors.VoiceSocketClosedError(4006, 'gone'),
  VoiceGatewayError: () => new errors.VoiceGatewayError('no op 4', new TypeError('offline')),
  VoiceEndpointError: () => new errors.VoiceEndpointError('x', 'is none'),
  VoiceUnsupportedError: () => new errors.VoiceUnsupportedError('dave', 'no davey'),
  FrameOverflowError: () => new errors.FrameOverflowError(3_000),
  AlreadyPlayingError: () => new errors.AlreadyPlayingError(),
  InvalidFrameError: () => new errors.InvalidFrameError(7, 'too short'),
  IterationOverflowError: () => new errors.IterationOverflowError(5),
  SessionEndedError: () => new errors.SessionEndedError('kicked'),
  EngineLostError: () => new errors.EngineLostError('a thread died'),
  VoiceOptionsError: () => new errors.VoiceOptionsError('modes', 'must be a list'),
};

describe('an error on the wire', () => {
  const classes = Object.keys(errors).filter((name) => name.endsWith('Error') && name !== 'VoiceError' && name !== 'closedError');

  it.each(classes)('%s arrives as what it is', (name) => {
    const error = SAMPLES[name]!();
    const arrived = travel(new ErrorBook(), new ErrorBook(), error) as errors.VoiceError;
    expect(arrived).toBeInstanceOf(errors.VoiceError);
    expect(Object.getPrototypeOf(arrived)).toBe(Object.getPrototypeOf(error));
    const { code, retryable, message, stack } = error;
    expect(arrived).toMatchObject({ name, code, retryable, message, stack });
    expect({ ...arrived }).toEqual({ ...error });
    expect((arrived.cause as Error | undefined)?.message).toBe((error.cause as Error | undefined)?.message);
  });

  it('of somebody else is an Error of that name and text; what is no Error is what it is', () => {
    const [here, there] = [new ErrorBook(), new ErrorBook()];
    expect(travel(here, there, new TypeError('x'))).toMatchObject({ name: 'TypeError', message: 'x' });
    expect(travel(here, there, 'plain')).toBe('plain');
    expect(travel(here, there, undefined)).toBe(undefined);
    // A function cannot be transferred, but does not prevent the rest from being transferred.
    expect(travel(here, there, Object.assign(new errors.FrameOverflowError(1), { hook: () => 1 }))).toMatchObject({ limit: 1 });
  });

  it('of the system keeps what it says of itself, and nothing else of somebody else is told', () => {
    const refused = Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT', errno: -2, syscall: 'open', request: { authorization: 'x' }, token: 'x' });
    const arrived = travel(new ErrorBook(), new ErrorBook(), refused);
    expect({ ...(arrived as object) }).toEqual({ code: 'ENOENT', errno: -2, syscall: 'open' });
    expect({ ...(travel(new ErrorBook(), new ErrorBook(), Object.assign(new Error('x'), { code: { secret: 'x' } })) as object) }).toEqual({});
  });

  it('that comes back is the very object, and one that is told twice is one object', () => {
    const [home, far] = [new ErrorBook(), new ErrorBook()];
    const own = new RangeError('of my source');
    const there = travel(home, far, own);
    expect(travel(far, home, there)).toBe(own);
    expect(travel(far, home, there)).toBe(own);
    const theirs = new errors.VoiceSocketClosedError(4014);
    expect(travel(far, home, theirs)).toBe(travel(far, home, theirs));
  });

  it('that comes back with another text, since a secret was found in it, is told with that', () => {
    const [home, far] = [new ErrorBook(), new ErrorBook()];
    const there = travel(home, far, new Error('token abc')) as Error;
    there.message = 'token [redacted]';
    expect((travel(far, home, there) as Error).message).toBe('token [redacted]');
  });

  it('remembers no more than it must', () => {
    const [home, far] = [new ErrorBook(), new ErrorBook()];
    const first = new Error('first');
    const there = travel(home, far, first);
    for (let i = 0; i < 1_000; i++) travel(home, far, new Error(String(i)));
    expect(travel(far, home, there)).toMatchObject({ message: 'first' });
  });

  it('whose causes go round ends', () => {
    const error = new Error('a');
    error.cause = error;
    expect(travel(new ErrorBook(), new ErrorBook(), error)).toMatchObject({ message: 'a', cause: { message: 'a' } });
  });
});
