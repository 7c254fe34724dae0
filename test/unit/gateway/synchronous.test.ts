/** A gateway that answers while op 4 is being sent, as a bot in the same process may: listeners must be in place before the sending. */
import { asyncScheduler, BehaviorSubject, map, Subject, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { gatewayPort, type GatewayPayload } from '../../../src/index.js';
import { signalling$ } from '../../../src/driver.js';
import { virtualTime } from '../../support/virtual-time.js';

const IDS = { guildId: '10', userId: '30' };

interface World {
  readonly lines: string[];
  readonly channelId: BehaviorSubject<string>;
  /** The gateway has a new session, in which we are in no channel. */
  reidentifies(ms: number): void;
  leaves(ms: number): void;
}

function inWorld(order: readonly ('state' | 'server' | 'echo')[], body: (world: World) => void): string[] {
  const lines: string[] = [];
  virtualTime(({ flush }) => {
    const events$ = new Subject<GatewayPayload>();
    const channelId = new BehaviorSubject('20');
    let present: string | null = null;
    let tokens = 0;
    let session = 's1';
    const dispatch = (t: string, d: object): void => events$.next({ op: 0, t, d: { guild_id: '10', user_id: '30', session_id: session, ...d } });
    const port = gatewayPort(events$, ({ d: { channel_id } }) => {
      lines.push(`${asyncScheduler.now()} op4 ${channel_id}`);
      const moved = channel_id !== present;
      present = channel_id;
      if (channel_id === null) return order.includes('echo') ? dispatch('VOICE_STATE_UPDATE', { channel_id }) : undefined;
      for (const event of order) {
        if (event === 'state') dispatch('VOICE_STATE_UPDATE', { channel_id });
        if (event === 'server' && moved) dispatch('VOICE_SERVER_UPDATE', { token: `t${++tokens}`, endpoint: 'e' });
      }
    });
    const joined = signalling$(port, { ...IDS, channelId })
      .pipe(map((signal) => ('token' in signal ? `${signal.channelId} ${signal.token}` : JSON.stringify(signal))))
      .subscribe({ next: (line) => lines.push(`${asyncScheduler.now()} ${line}`), error: (error: unknown) => lines.push(`${asyncScheduler.now()} ${String(error)}`) });
    const reidentify = (): void => {
      present = null;
      session = 's2';
      dispatch('READY', { shard: [0, 1] });
    };
    body({ lines, channelId, reidentifies: (ms) => void timer(ms).subscribe(reidentify), leaves: (ms) => void timer(ms).subscribe(() => joined.unsubscribe()) });
    flush();
  });
  return lines;
}

describe.each([[['state', 'server']], [['server', 'state']], [['server', 'state', 'echo']]] as const)('a gateway that answers at once, %s', (order) => {
  it('a join is answered', () => {
    expect(inWorld(order, ({ leaves }) => leaves(20_000))).toEqual(['0 op4 20', '0 20 t1', '20000 op4 null']);
  });

  it('a move is answered, also one that is wished for within the answer to another', () => {
    const lines = inWorld(order, ({ channelId, leaves }) => {
      timer(100).subscribe(() => channelId.next('21'));
      timer(200).subscribe(() => ['22', '23', '24'].forEach((id) => channelId.next(id)));
      leaves(20_000);
    });
    expect(lines).toEqual(['0 op4 20', '0 20 t1', '100 op4 21', '100 21 t2', '200 op4 22', '200 22 t3', '200 op4 24', '200 24 t4', '20000 op4 null']);
  });

  it('READY is answered by op 4, and that is answered', () => {
    const lines = inWorld(order, ({ reidentifies, leaves }) => {
      reidentifies(100);
      leaves(20_000);
    });
    expect(lines).toEqual(['0 op4 20', '0 20 t1', '100 op4 20', '100 20 t2', '20000 op4 null']);
  });
});
