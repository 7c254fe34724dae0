import { asyncScheduler, Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { Control } from '../../../../src/driver/connection/control.js';
import { MediaSlot } from '../../../../src/driver/connection/media-slot.js';
import { Outbox } from '../../../../src/driver/connection/outbox.js';
import type { WireMessage } from '../../../../src/protocol/frames.js';
import { VoiceOp } from '../../../../src/protocol/opcodes.js';

describe('the outbox', () => {
  const sent: WireMessage[] = [];
  const slot = new MediaSlot(asyncScheduler);
  const outbox = new Outbox(slot);
  slot.read(outbox);
  const webSocket = () => {
    const control = new Control(
      { messages$: new Subject(), send: (message) => void sent.push(message), drop: () => undefined },
      { version: 8, log: () => undefined },
    );
    const connection = slot.connect(control);
    return { say: (op: number) => control.frames$.next({ kind: 'json', op, d: {}, seq: undefined }), lose: () => connection.unsubscribe() };
  };

  it('waits for Ready, and for Resumed on each further WebSocket; then everything leaves in order, once', () => {
    const first = webSocket();
    first.say(VoiceOp.Hello);
    outbox.send('a');
    expect(sent).toEqual([]);
    first.say(VoiceOp.Ready);
    outbox.send('b');
    expect(sent).toEqual(['a', 'b']);
    first.lose();
    outbox.send('c');
    const second = webSocket();
    second.say(VoiceOp.Hello);
    outbox.send('d');
    second.say(VoiceOp.ClientsConnect);
    expect(sent).toEqual(['a', 'b']);
    second.say(VoiceOp.Resumed);
    second.say(VoiceOp.Resumed);
    expect(sent).toEqual(['a', 'b', 'c', 'd']);
  });

  it('keeps no more than a WebSocket that never comes back could need', () => {
    const idle = new MediaSlot(asyncScheduler);
    const waiting = new Outbox(idle);
    for (let i = 0; i < 10_000; i += 1) waiting.send(String(i));
    const got: WireMessage[] = [];
    const control = new Control(
      { messages$: new Subject(), send: (message) => void got.push(message), drop: () => undefined },
      { version: 8, log: () => undefined },
    );
    idle.connect(control);
    waiting.frame({ kind: 'json', op: VoiceOp.Resumed, d: null, seq: undefined });
    expect(got.length).toBe(64);
  });
});
