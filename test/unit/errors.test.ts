import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import {
  AlreadyJoinedError,
  AlreadyPlayingError,
  closedError,
  FrameOverflowError,
  InvalidFrameError,
  IterationOverflowError,
  SessionEndedError,
  VoiceEndpointError,
  VoiceError,
  VoiceGatewayError,
  VoiceOptionsError,
  VoiceSocketClosedError,
  VoiceTimeoutError,
  VoiceUnsupportedError,
} from '../../src/errors.js';
import { FfmpegError, MediaFormatError, MediaSourceError, OpusDecoderError, OpusEncoderError } from '../../src/audio/errors.js';
import { RecordingError } from '../../src/audio/recorder/recording-error.js';
import { gatewayPort } from '../../src/gateway/port.js';
import { signalling$ } from '../../src/gateway/signalling.js';
import { createSeal } from '../../src/crypto/seal.js';
import { parseServerFrame } from '../../src/protocol/frames.js';
import { readSessionDescription } from '../../src/protocol/payloads.js';
import { CLOSE_CODES } from '../../src/protocol/close-codes.js';
import { virtualTime } from '../support/virtual-time.js';

const ERRORS: readonly (readonly [VoiceError, string, boolean, RegExp])[] = [
  [new VoiceOptionsError('guildId', 'is missing'), 'options', false, /^guildId: is missing$/],
  [new AlreadyJoinedError('10', '30'), 'already-joined', false, /bot 30 is in guild 10.*share\(\).*linger.*channelId that is an Observable/],
  [new VoiceTimeoutError('discovery', 6_000, 'UDP is blocked'), 'timeout', true, /'discovery' took more than 6000 ms: UDP is blocked/],
  [new VoiceSocketClosedError(4_006), 'socket-closed', true, /closed with 4006: the session is no longer valid$/],
  [new VoiceSocketClosedError(4_002, 'bad json'), 'socket-closed', false, /closed with 4002: .* \(bad json\)$/],
  [new VoiceGatewayError('op 4 could not be sent', 'down'), 'gateway', true, /^the bot gateway failed: op 4 could not be sent: down$/],
  [new VoiceGatewayError('op 4 was not sent', undefined), 'gateway', true, /^the bot gateway failed: op 4 was not sent$/],
  [new VoiceEndpointError('a b', 'is not one'), 'endpoint', false, /^the endpoint 'a b' is not one\. .*'host:port'/],
  [new MediaSourceError('the server broke off', { retryable: true }), 'media-source', true, /broke off/],
  [new FfmpegError('ffmpeg is needed'), 'ffmpeg', false, /ffmpeg is needed/],
  [new MediaFormatError('it is an MP3 file', 7), 'media-format', false, /^it is an MP3 file \(after 7 bytes\)$/],
  [new OpusDecoderError('no'), 'opus-decoder', false, /^no$/],
  [new OpusEncoderError('no'), 'opus-encoder', false, /^no$/],
  [new RecordingError('open', 'a.ogg', new Error('EACCES')), 'recording', false, /a\.ogg failed to open: EACCES/],
  [new VoiceUnsupportedError('encryption', 'it offers none'), 'unsupported', false, /no transport encryption that both sides accept: it offers none/],
  [new VoiceUnsupportedError('dave', 'none given'), 'unsupported', false, /requires DAVE end-to-end encryption: none given/],
  [new FrameOverflowError(3_000), 'frame-overflow', false, /outruns real time: 3000 frames.*async iterable.*'drop-oldest'.*buffer\.frames/],
  [new IterationOverflowError(5), 'iteration-overflow', false, /5 values are waiting.*'latest'.*drop-oldest.*buffer\.values/],
  [new AlreadyPlayingError(), 'already-playing', false, /already playing.*concatMap.*switchMap.*exhaustMap/],
  [new InvalidFrameError(7, 'it is empty'), 'invalid-frame', false, /frame 7 \(counted from 0\).*it is empty.*demuxer/],
  [new SessionEndedError(), 'session-ended', false, /has ended.*take\(1\).*firstValueFrom\(\).*useSession/],
  [new SessionEndedError('kicked'), 'session-ended', false, /has ended \(kicked\).*useSession.*takeUntil\(session\.ended\$\)/],
  [new SessionEndedError(null), 'session-ended', false, /has ended \(it failed\)/],
  [new VoiceOptionsError('timeouts.hello', 'must be ms'), 'options', false, /^timeouts\.hello: must be ms$/],
];

describe('every error', () => {
  it.each(ERRORS.map((row) => [row[0].name, ...row] as const))('%s has a code, says whether to retry, and a text with the cure', (name, error, code, retryable, text) => {
    expect(error).toBeInstanceOf(VoiceError);
    expect(error).toMatchObject({ code, retryable, name: error.constructor.name });
    expect(error.message).toMatch(text);
    expect(String(error).startsWith(`${name}: `)).toBe(true);
  });

  it.each<[unknown, string]>([
    [new Error('the shard is down'), 'the shard is down'],
    [new TypeError(''), 'TypeError'],
    ['down', 'down'],
    [null, 'null'],
    [{ message: 'of an ErrorEvent' }, 'of an ErrorEvent'],
    [{ code: 4004, reason: 'Authentication failed.', wasClean: false }, 'closed with 4004 (Authentication failed.)'],
    [{ code: 1006, reason: '' }, 'closed with 1006'],
    [Object.create(null), 'an object without a message'],
  ])('of the gateway says its reason: %o', (cause, reason) => {
    expect(new VoiceGatewayError('its stream errored', cause).message).toBe(`the bot gateway failed: its stream errored: ${reason}`);
  });

  it('keeps its cause', () => {
    const cause = new Error('why');
    expect(new VoiceGatewayError('x', cause).cause).toBe(cause);
    expect(new VoiceSocketClosedError(1_006, '', { cause }).cause).toBe(cause);
  });
});

describe('VoiceSocketClosedError', () => {
  /** A rejoin helps if the connection, the server or the credentials were at fault; not if our message or a missing ability was. */
  const RETRYABLE = [1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014, 4000, 4003, 4006, 4009, 4011, 4013, 4014, 4015, 4022];
  const FINAL = [4001, 4002, 4004, 4005, 4012, 4016, 4017, 4020, 4021];

  it.each(RETRYABLE)('%i may be retried', (code) => expect(new VoiceSocketClosedError(code).retryable).toBe(true));
  it.each(FINAL)('%i may not', (code) => expect(new VoiceSocketClosedError(code).retryable).toBe(false));

  it('knows each code of the protocol', () => {
    const known = Object.keys(CLOSE_CODES).map(Number).filter((code) => code < 4_900); // from 4900 on they are our own
    expect([...RETRYABLE, ...FINAL].sort()).toEqual(known.sort());
  });
});

describe('closedError', () => {
  it('makes of 4017 what is missing, and leaves the others as they are', () => {
    expect(closedError(new VoiceSocketClosedError(4_017))).toMatchObject({ code: 'unsupported', what: 'dave' });
    const other = new VoiceSocketClosedError(4_006);
    expect(closedError(other)).toBe(other);
  });
});

describe('secrets', () => {
  const secret = fc.string({ minLength: 12, maxLength: 40, unit: fc.constantFrom(...'ABCDEFGHJKMNPQRSTUVWXYZ') });

  function text(error: unknown): string {
    const own = error instanceof Error ? Object.values(error).map(String) : [];
    return [String(error), (error as Error)?.stack ?? '', String((error as Error)?.cause ?? ''), ...own].join('\n');
  }

  it('a token is in no error of the signalling, whatever goes wrong after it came', () => {
    const ending = fc.constantFrom('silence', 'gateway', 'endpoint');
    fc.assert(
      fc.property(secret, ending, (token, how) => {
        const errors: unknown[] = [];
        virtualTime(({ flush }) => {
          const events$ = new Subject<{ op: number; t: string; d: unknown }>();
          const port = gatewayPort(events$, () => undefined);
          signalling$(port, { guildId: '10', channelId: '20', userId: '30' }).subscribe({ error: (error: unknown) => errors.push(error) });
          const d = { guild_id: '10', token, endpoint: 'a.test' };
          events$.next({ op: 0, t: 'VOICE_SERVER_UPDATE', d });
          if (how === 'endpoint') events$.next({ op: 0, t: 'VOICE_SERVER_UPDATE', d: { ...d, endpoint: null } });
          if (how === 'gateway') events$.error(new Error('down'));
          flush();
        });
        expect(errors).toHaveLength(1);
        expect(text(errors[0])).not.toContain(token);
      }),
      { numRuns: 50 },
    );
  });

  it('a key is in no text that says what is wrong with a session description, nor in the error of a seal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 40 }), (key) => {
        const frame = parseServerFrame(JSON.stringify({ op: 4, d: { mode: 'm', secret_key: [...key, 256] } }));
        const wrong = readSessionDescription(frame?.kind === 'json' ? frame.d : undefined);
        expect(wrong).toBe('secret_key is not a list of 32 bytes');
        if (key.length === 32) return;
        let thrown: unknown;
        try {
          createSeal('aead_aes256_gcm_rtpsize', key, { random: (bytes) => new Uint8Array(bytes) });
        } catch (error) {
          thrown = error;
        }
        expect((thrown as Error).message).toBe('a transport key has 32 bytes');
      }),
    );
  });
});
