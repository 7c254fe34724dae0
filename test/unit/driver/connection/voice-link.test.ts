import { asyncScheduler } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { MediaSlot } from '../../../../src/driver/connection/media-slot.js';
import { NONCE_RESERVE, VoiceLink } from '../../../../src/driver/connection/voice-link.js';
import type { Sender } from '../../../../src/media/send/sender.js';
import { virtualTime } from '../../../support/virtual-time.js';

describe('a voice link whose nonces come to an end', () => {
  it('asks for a new key once, long before one would repeat, after the frame is out', () => {
    virtualTime(({ flush }) => {
      const slot = new MediaSlot(asyncScheduler);
      const told: string[] = [];
      slot.faults$.subscribe((error) => told.push(String((error as { closeCode: number }).closeCode)));
      const seal = { noncesLeft: NONCE_RESERVE };
      const sender = { send: () => void told.push('sent') } as unknown as Sender;
      const link = new VoiceLink(sender, seal, { cipher: null }, slot);
      link.send(Uint8Array.of(1), 960);
      flush();
      expect(told).toEqual(['sent']);
      seal.noncesLeft -= 1;
      link.send(Uint8Array.of(1), 960);
      link.send(Uint8Array.of(1), 960);
      flush();
      expect(told).toEqual(['sent', 'sent', 'sent', '4902']);
    });
  });
});
