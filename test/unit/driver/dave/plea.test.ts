import { describe, expect, it } from 'vitest';
import { Plea } from '../../../../src/driver/dave/plea.js';

/** What was sent: `31 ID`, or `26 BYTES`. */
function plea(): { plea: Plea; said: () => string[] } {
  const sent: string[] = [];
  const made = new Plea((message) =>
    sent.push(typeof message === 'string' ? `31 ${(JSON.parse(message) as { d: { transition_id: number } }).d.transition_id}` : `${message[0]} ${message.subarray(1).join()}`),
  );
  return { plea: made, said: () => sent.splice(0) };
}

describe('Plea', () => {
  it('asks again when a WebSocket is resumed, with the newest key package, until it is heard', () => {
    const { plea: p, said } = plea();
    p.again();
    expect(said()).toEqual([]);
    p.ask(Uint8Array.of(1));
    p.ask(Uint8Array.of(2));
    expect(said()).toEqual(['26 1', '26 2']);
    p.again();
    p.again();
    expect(said()).toEqual(['26 2', '26 2']);
    p.heard();
    p.again();
    expect(said()).toEqual([]);
  });

  it('flags again before it asks, unless everybody begins anew', () => {
    const { plea: p, said } = plea();
    p.flag(7);
    p.ask(Uint8Array.of(3));
    expect(said()).toEqual(['31 7', '26 3']);
    p.again();
    expect(said()).toEqual(['31 7', '26 3']);
    p.anew();
    p.ask(Uint8Array.of(4));
    said();
    p.again();
    expect(said()).toEqual(['26 4']);
  });
});
