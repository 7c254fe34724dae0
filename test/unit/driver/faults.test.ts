import { describe, expect, it } from 'vitest';
import { failureOf, faultOf, UdpLost } from '../../../src/driver/faults.js';
import { VoiceSocketClosedError, VoiceTimeoutError, VoiceUnsupportedError } from '../../../src/errors.js';

const lost = new Error('ENETUNREACH');

describe('faultOf', () => {
  it.each([true, false])('makes plain data of what recovery can help, ready before: %s', (wasReady) => {
    const faults = [new VoiceSocketClosedError(4006), new VoiceTimeoutError('hello', 5, 'why'), new UdpLost(lost)].map((error) => faultOf(error, wasReady));
    expect(faults).toEqual([
      { type: 'closed', closeCode: 4006, wasReady },
      { type: 'timeout', stage: 'hello', ms: 5, wasReady },
      { type: 'udp', message: 'the UDP socket was lost: ENETUNREACH', wasReady },
    ]);
    expect(structuredClone(faults)).toEqual(faults);
  });

  it('is undefined for what it cannot', () => {
    const errors = [new VoiceTimeoutError('signalling', 5, 'why'), new VoiceUnsupportedError('dave', 'why'), new Error('bug'), 'text', null];
    for (const error of errors) expect(faultOf(error, true)).toBeUndefined();
  });
});

describe('failureOf', () => {
  it('tells the user of a lost UDP socket as of a lost connection, with its cause', () => {
    expect(failureOf(new UdpLost(lost))).toMatchObject({ code: 'socket-closed', closeCode: 1006, retryable: true, cause: lost });
    expect(failureOf(new UdpLost('gone'))).toMatchObject({ reason: 'the UDP socket was lost: gone' });
  });

  it('says of 4017 what is missing', () => {
    expect(failureOf(new VoiceSocketClosedError(4017))).toBeInstanceOf(VoiceUnsupportedError);
  });

  it('leaves everything else as it is', () => {
    for (const error of [new VoiceSocketClosedError(4006), new VoiceTimeoutError('dave', 1, 'why'), lost, undefined]) expect(failureOf(error)).toBe(error);
  });
});
