import { describe, expect, it } from 'vitest';
import { PacketHub } from '../../../../src/driver/session/packet-hub.js';
import type { VoicePacket } from '../../../../src/types.js';

function packet(userId: string | null, sequence: number): VoicePacket {
  return { userId, sequence, ssrc: 1, timestamp: 0, arrival: 0, marker: false, audioLevel: null, speaking: null, frame: Uint8Array.of(0xfc) };
}

function listen(hub: PacketHub, userId?: string) {
  const heard: unknown[] = [];
  const subscription = hub.of(userId).subscribe({ next: (p) => heard.push(p.sequence), complete: () => heard.push('complete') });
  return { heard, subscription };
}

describe('PacketHub', () => {
  it("gives each listener everybody's packets, or one user's", () => {
    const hub = new PacketHub();
    const [all, one, again, other] = [listen(hub), listen(hub, '1'), listen(hub, '1'), listen(hub, '2')];
    [packet('1', 1), packet('2', 2), packet(null, 3), packet('1', 4)].forEach((p) => hub.next(p));
    expect([all.heard, one.heard, again.heard, other.heard]).toEqual([[1, 2, 3, 4], [1, 4], [1, 4], [2]]);
  });

  it('knows who is listened to', () => {
    const hub = new PacketHub();
    const listened = (): boolean[] => ['1', '2', null].map((user) => hub.listensTo(user));
    const cold$ = hub.of('1');
    expect(listened()).toEqual([false, false, false]);
    const [all, one, two] = [listen(hub), cold$.subscribe(), cold$.subscribe()];
    expect(listened()).toEqual([true, true, true]);
    all.subscription.unsubscribe();
    one.unsubscribe();
    // An unknown sender may turn out to be the wanted one.
    expect(listened()).toEqual([true, false, true]);
    two.unsubscribe();
    expect(listened()).toEqual([false, false, false]);
  });

  it('serves who comes back', () => {
    const hub = new PacketHub();
    listen(hub, '1').subscription.unsubscribe();
    const { heard } = listen(hub, '1');
    hub.next(packet('1', 9));
    expect(heard).toEqual([9]);
  });

  it('completes everybody, also who listened to one user', () => {
    const hub = new PacketHub();
    const [all, one] = [listen(hub), listen(hub, '1')];
    hub.complete();
    expect([all.heard, one.heard, hub.listensTo(null)]).toEqual([['complete'], ['complete'], false]);
  });
});
