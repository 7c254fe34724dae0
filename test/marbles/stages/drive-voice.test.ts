import { defer, map, type Observable } from 'rxjs';
import { driveVoice$, type VoiceSignal } from '../../../src/driver.js';
import { sevenCases } from '../../support/seven-cases.js';
import { world } from '../../support/virtual-time.js';
import { SERVER } from '../../unit/driver/fake-socket.js';

sevenCases('driveVoice$', {
  from: { v: SERVER, w: { ...SERVER, token: 'another-token' }, n: { endpoint: null }, e: { ended: 'left' } } as Record<string, VoiceSignal>,
  to: { S: SERVER.guildId },
  over: (server$: Observable<VoiceSignal>) =>
    defer(() => driveVoice$(server$, world().options)).pipe(map(({ guildId }) => guildId)),
  rows: {
    never: { source: '-', result: '-', listens: '^' },
    empty: { source: '--|', result: '-', listens: '^-!' }, // ends nothing: no other server will be named
    one: { source: 'v', until: '^ 5s !', result: '40ms S', listens: '^ 5s !' },
    error: { source: 'v 49ms #', result: '40ms S 9ms #', listens: '^ 49ms !' },
    endless: { source: 'v 99ms w 99ms n 99ms v 99ms e', result: '40ms S 359ms |', listens: '^ 399ms !' },
    'early unsubscribe': { source: 'v 99ms w', until: '^ 60ms !', result: '40ms S', listens: '^ 60ms !' },
    'unsubscribe while waiting': { source: 'v', until: '^ 30ms !', result: '-', listens: '^ 30ms !' },
  },
});
