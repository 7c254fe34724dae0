import { describe, expect, it } from 'vitest';
import { UdpLost } from '../../../../src/driver/ports.js';
import { closeCodeOf, failureOf, faultOf } from '../../../../src/driver/recovery/fault-errors.js';
import { VoiceSocketClosedError, VoiceTimeoutError, VoiceUnsupportedError } from '../../../../src/errors.js';

const lost = new Error('ENETUNREACH');

describe('faultOf', () => {
  it('makes plain data of what recovery can help', () => {
    const errors = [
      new VoiceSocketClosedError(4006),
      new VoiceSocketClosedError(4900),
      new VoiceTimeoutError('hello', 5, 'why'),
      new VoiceTimeoutError('signalling', 5, 'why'),
      new UdpLost(lost),
    ];
    const faults = errors.map(faultOf);
    expect(faults).toEqual([
      { type: 'closed', closeCode: 4006 },
      { type: 'acks' },
      { type: 'timeout', stage: 'hello', ms: 5 },
      { type: 'timeout', stage: 'signalling', ms: 5 },
      { type: 'udp', message: 'the UDP socket was lost: ENETUNREACH' },
    ]);
    expect(structuredClone(faults)).toEqual(faults);
    expect(faults.map((fault) => closeCodeOf(fault!))).toEqual([4006, 4900, null, null, null]);
  });

  it('is undefined for what it cannot', () => {
    for (const error of [new VoiceUnsupportedError('dave', 'why'), new Error('bug'), 'text', null]) expect(faultOf(error)).toBeUndefined();
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
