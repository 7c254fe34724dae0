import { map, switchMap, type Observable } from 'rxjs';
import { expect, it } from 'vitest';
import { dave$, roster$, type Control, type DaveProvider } from '../../../src/driver.js';
import { VoiceUnsupportedError } from '../../../src/errors.js';
import { encodeJsonFrame, encodeServerBinary } from '../../../src/protocol/frames.js';
import { VoiceOp } from '../../../src/protocol/opcodes.js';
import { testFrame } from '../../../src/testing/index.js';
import { FakeProvider, into, SENDER } from '../../unit/driver/dave/fake-provider.js';
import { controlOf } from '../../support/control-of.js';
import { controlCases } from '../../support/seven-cases.js';
import { virtualTime } from '../../support/virtual-time.js';

const IDS = { userId: '30', channelId: '20' };
const welcome = Uint8Array.of(0, 0, ...into(1, 30, 1));
const from = {
  j: encodeJsonFrame(11, { user_ids: ['1'] }),
  e: encodeServerBinary(VoiceOp.MlsExternalSender, SENDER, 1),
  w: encodeServerBinary(VoiceOp.MlsWelcome, welcome, 2),
  x: encodeServerBinary(VoiceOp.MlsWelcome, Uint8Array.of(0), 3),
};

/** Described at once, as in a real flow. */
const status$ = (control: Control, provider: DaveProvider | false, version = 1): Observable<string> =>
  roster$(control, IDS.userId).pipe(
    switchMap((roster) => dave$(control, IDS, roster, provider)),
    switchMap((dave) => {
      dave.describe(version);
      return dave.state$;
    }),
    map(({ status }) => status),
  );

controlCases('dave$', {
  from,
  to: { f: 'forming', a: 'alone', s: 'secure' },
  over: (control) => status$(control, new FakeProvider()),
  rows: {
    never: { source: '-', result: 'f', listens: '^' },
    empty: { source: '--|', result: 'f', listens: '^-!' },
    one: { source: '--e', result: 'f-a', listens: '^' },
    error: { source: '--e#', result: 'f-a#', listens: '^--!' },
    endless: { source: '--e-j-xw-', until: '^-------!', result: 'f-a-f--s', listens: '^-------!' },
    'early unsubscribe': { source: '--e---w', until: '^---!', result: 'f-a-', listens: '^---!' },
    'unsubscribe while waiting': { source: '------e', until: '^---!', result: 'f', listens: '^---!' },
  },
});

it('gives the cipher that frames pass, and says when it may be used', () => {
  virtualTime(({ cold, expectObservable }) => {
    const frame = testFrame(1);
    const heard$ = controlOf(cold('-ejw', from), (control) =>
      roster$(control, IDS.userId).pipe(
        switchMap((roster) => dave$(control, IDS, roster, new FakeProvider())),
        switchMap((dave) => {
          expect(dave.cipher).toBeNull();
          dave.describe(1);
          return dave.sendable$.pipe(map((sendable) => ({ sendable, bytes: dave.cipher!.encrypt(frame).length })));
        }),
      ),
    );
    // A silence frame of three bytes replaces a frame that cannot be encrypted.
    expectObservable(heard$).toBe('f--t', { f: { sendable: false, bytes: 3 }, t: { sendable: true, bytes: frame.length + 12 } });
  });
});

it('errors where the call needs what the provider cannot do', () => {
  virtualTime(({ cold, expectObservable, expectSubscriptions }) => {
    const messages$ = cold('--e', from);
    const error = new VoiceUnsupportedError('dave', 'the server described a DAVE version, but no DaveProvider was given as `dave`');
    expectObservable(controlOf(messages$, (control) => status$(control, false))).toBe('#', undefined, error);
    expectSubscriptions(messages$.subscriptions).toBe('(^!)');
  });
});
