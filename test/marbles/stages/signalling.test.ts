import { catchError, defer, map, throwError, type Observable } from 'rxjs';
import { gatewayPort, type GatewayPayload } from '../../../src/index.js';
import { signalling$ } from '../../../src/driver.js';
import { VoiceGatewayError } from '../../../src/errors.js';
import { VIRTUAL_IDS, voiceState } from '../../../src/testing/index.js';
import { sevenCases } from '../../support/seven-cases.js';

const event = (t: string, d: object): GatewayPayload => ({ op: 0, t, d });
const { guildId, channelId } = VIRTUAL_IDS;
const server = (token: string): GatewayPayload => event('VOICE_SERVER_UPDATE', { guild_id: guildId, token, endpoint: 'a.test:443' });

sevenCases('signalling$', {
  from: { s: event('VOICE_STATE_UPDATE', voiceState(guildId, channelId)), v: server('1'), w: server('2'), x: event('TYPING_START', {}) },
  to: { V: 'token 1', W: 'token 2', E: 'gateway-closed' },
  over: (events$: Observable<GatewayPayload>) =>
    // A separate port for each: a bot can be in only one channel of a guild at a time.
    defer(() => signalling$(gatewayPort(events$, () => undefined), VIRTUAL_IDS)).pipe(
      map((signal) => ('ended' in signal ? signal.ended : 'token' in signal ? `token ${signal.token}` : 'other')),
      catchError((error: unknown) => throwError(() => (error instanceof VoiceGatewayError ? error.cause : error))),
    ),
  rows: {
    never: { source: '-', until: '^ 5s !', result: '-', listens: '^ 5s !' }, // the deadline is 10 s
    empty: { source: '--|', result: '--E', listens: '^-!' },
    one: { source: '-sxv', until: '^ 11s !', result: '---V', listens: '^ 11s !' },
    error: { source: '-sxv-#', result: '---V-#', listens: '^----!' },
    endless: { source: '-sxvxxx 999ms w 999ms xxxx', until: '^ 3s !', result: '---V 1102ms W', listens: '^ 3s !' }, // 100 ms for the voice state of a move
    'early unsubscribe': { source: '-s-v-w', until: '^---!', result: '---V', listens: '^---!' },
    'unsubscribe while waiting': { source: '-s---v', until: '^--!', result: '-', listens: '^--!' },
  },
});
