/** Two sides of an engine that have different versions refuse each other before anything is joined. */
import { of, Subject, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { HomeSide } from '../../src/engine/home-side.js';
import { remoteSession$ } from '../../src/engine/remote-session.js';
import { serveEngine } from '../../src/engine/serve-engine.js';
import { WIRE_VERSION, type WireMessage } from '../../src/engine/wire.js';
import { connectVoice$, VoiceOptionsError, type VoiceEngine } from '../../src/index.js';
import { driveVoice$ } from '../../src/driver.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

/** The message as a home side of `version` would send it. */
const saidBy = (version: number, message: WireMessage): WireMessage =>
  message.type === 'subscribe' && message.topic.what === 'session' ? { ...message, topic: { ...message.topic, version } } : message;

/** Joins from a home side of `version`: the error, if any, and what was sent. */
function joinedBy(version: number): { readonly error: unknown; readonly lines: readonly string[]; readonly ready: boolean } {
  let [error, ready, lines]: [unknown, boolean, string[]] = [undefined, false, []];
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    lines = chronicle(voice);
    const [toFar$, toHome$] = [new Subject<WireMessage>(), new Subject<WireMessage>()];
    serveEngine({ messages$: toFar$, send: (message) => toHome$.next(structuredClone(message)) }, (signals$, wanted) => driveVoice$(signals$, { ...wanted, ...options }));
    const home = new HomeSide({ messages$: toHome$, send: (message) => toFar$.next(structuredClone(saidBy(version, message))) });
    const engine: VoiceEngine = {
      session$: (signals$, wanted, guildId) => remoteSession$({ signals$, options: wanted, guildId, ahead: 5, portable: () => ({}), place$: () => of(home) }),
    };
    const subscription = connectVoice$(voice.gateway, IDS, { engine }).subscribe({ next: () => (ready = true), error: (thrown: unknown) => (error = thrown) });
    timer(1_000).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return { error, lines, ready };
}

describe('a wire of two versions', () => {
  it('of the same: the session is joined', () => {
    expect(joinedBy(WIRE_VERSION)).toMatchObject({ error: undefined, ready: true });
  });

  it.each([WIRE_VERSION - 1, WIRE_VERSION + 1])('of %i at home: refused, in words that say what to do, and nothing is sent', (version) => {
    const { error, lines, ready } = joinedBy(version);
    expect(error).toBeInstanceOf(VoiceOptionsError);
    expect(String(error)).toContain(`speaks version ${version} at home and ${WIRE_VERSION} where the session is to run: install the same rxvoice on both sides`);
    expect({ lines, ready }).toEqual({ lines: [], ready: false });
  });
});
