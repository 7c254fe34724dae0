import { describe, expect, it } from 'vitest';
import { JoinRequest } from '../../../../src/driver/dave/join-request.js';

/** What was sent: `31 ID`, or `26 BYTES`. */
function joinRequest(): { request: JoinRequest; said: () => string[] } {
  const sent: string[] = [];
  const made = new JoinRequest((message) =>
    sent.push(typeof message === 'string' ? `31 ${(JSON.parse(message) as { d: { transition_id: number } }).d.transition_id}` : `${message[0]} ${message.subarray(1).join()}`),
  );
  return { request: made, said: () => sent.splice(0) };
}

describe('JoinRequest', () => {
  it('asks again when a WebSocket is resumed, with the newest key package, until it is heard', () => {
    const { request, said } = joinRequest();
    request.repeat();
    expect(said()).toEqual([]);
    request.sendKeyPackage(Uint8Array.of(1));
    request.sendKeyPackage(Uint8Array.of(2));
    expect(said()).toEqual(['26 1', '26 2']);
    request.repeat();
    request.repeat();
    expect(said()).toEqual(['26 2', '26 2']);
    request.settle();
    request.repeat();
    expect(said()).toEqual([]);
  });

  it('flags again before it asks, unless everybody begins anew', () => {
    const { request, said } = joinRequest();
    request.reportInvalid(7);
    request.sendKeyPackage(Uint8Array.of(3));
    expect(said()).toEqual(['31 7', '26 3']);
    request.repeat();
    expect(said()).toEqual(['31 7', '26 3']);
    request.forgetInvalid();
    request.sendKeyPackage(Uint8Array.of(4));
    said();
    request.repeat();
    expect(said()).toEqual(['26 4']);
  });
});
