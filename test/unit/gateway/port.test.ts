import { isObservable } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { botOf, gatewayPort, gatewayPortOf, type GatewayPayload } from '../../../src/gateway/port.js';
import { voiceStateCommand } from '../../../src/protocol/commands.js';
import { virtualTime } from '../../support/virtual-time.js';

describe('gatewayPort', () => {
  it('is the payloads as they come, subscribed to as often as it is', () => {
    virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
      const p = { op: 0, t: 'READY', d: {} };
      const events$ = cold<GatewayPayload>('-p-p-#', { p }, 'down');
      const port = gatewayPort(events$, () => undefined);
      expect(isObservable(port)).toBe(true);
      expectObservable(port).toBe('-p-p-#', { p }, 'down');
      expectObservable(port, '--^-!').toBe('---p', { p });
      expectSubscriptions(events$.subscriptions).toBe(['^----!', '--^-!']);
    });
  });

  it('sends what it is given, and lets what the sending throws through', () => {
    const sent: unknown[] = [];
    const command = voiceStateCommand('10', '20', false, true);
    virtualTime(({ cold }) => {
      gatewayPort(cold('-'), (sending) => sent.push(sending)).next(command);
      const broken = gatewayPort(cold('-'), () => {
        throw new Error('down');
      });
      expect(() => broken.next(command)).toThrow('down');
    });
    expect(sent).toEqual([command]);
  });

  it('stands for the bot of its events, also when it is made anew, or of a port', () => {
    virtualTime(({ cold }) => {
      const events$ = cold<GatewayPayload>('-');
      const port = gatewayPort(events$, () => undefined);
      const client = {};
      expect(botOf(port)).toBe(events$);
      expect(botOf(gatewayPort(events$, () => undefined))).toBe(events$);
      expect(botOf(gatewayPort(port, () => undefined))).toBe(events$);
      expect(botOf(gatewayPortOf(client, cold<GatewayPayload>('-'), () => undefined))).toBe(client);
      expect(botOf(gatewayPort(cold<GatewayPayload>('-'), () => undefined))).not.toBe(events$);
      // A port made elsewhere, such as a WebSocketSubject, stands for itself.
      expect(botOf(events$)).toBe(events$);
    });
  });

  it('keeps its way to send when it is taken off it', () => {
    const sent: unknown[] = [];
    virtualTime(({ cold }) => {
      const { next } = gatewayPort(cold('-'), (sending) => sent.push(sending));
      next(voiceStateCommand('10', null, false, false));
    });
    expect(sent).toHaveLength(1);
  });
});
