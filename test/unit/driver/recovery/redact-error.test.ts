import { describe, expect, it } from 'vitest';
import { UdpLost } from '../../../../src/driver/ports.js';
import { redactError } from '../../../../src/driver/recovery/redact-error.js';
import { VoiceGatewayError, VoiceSocketClosedError, VoiceTimeoutError } from '../../../../src/errors.js';
import { Secrets } from '../../../../src/protocol/secrets.js';
import { leaks, textsOf } from '../../../support/secret-forms.js';

const TOKEN = '66d29164ee8cd919';
const secrets = new Secrets();
secrets.add(TOKEN);

function redacted<E extends Error>(error: E): E {
  redactError(error, secrets);
  expect(leaks(textsOf(error), [TOKEN])).toEqual([]);
  return error;
}

describe('an error of ours', () => {
  it('loses secrets from its message, its stack and its fields, and stays what it is', () => {
    const error = redacted(new VoiceSocketClosedError(4004, `bad token ${TOKEN}`));
    expect(error).toBeInstanceOf(VoiceSocketClosedError);
    expect(error).toMatchObject({ name: 'VoiceSocketClosedError', closeCode: 4004, retryable: false, reason: 'bad token [redacted]' });
    expect(error.message).toMatch(/closed with 4004: .* \(bad token \[redacted\]\)$/);
    expect(error.stack).toMatch(/bad token \[redacted\]/);
    expect(redacted(new UdpLost(new Error(TOKEN))).message).toBe('the UDP socket was lost: [redacted]');
  });

  it('is left alone where it holds none', () => {
    const error = new VoiceTimeoutError('hello', 5_000, 'it may be overloaded');
    const { message, stack } = error;
    redactError(error, secrets);
    expect([error.message, error.stack]).toEqual([message, stack]);
  });
});

describe('its cause', () => {
  it('stays the very object that it is, unless it holds a secret', () => {
    const cause = Object.assign(new Error('ECONNRESET', { cause: { deep: [new Map([['a', 1]])] } }), { code: 'ECONNRESET' });
    expect(redacted(new VoiceGatewayError('x', cause)).cause).toBe(cause);
  });

  it.each<[string, unknown]>([
    ['its message', new Error(`a ${TOKEN}`)],
    ['a cause of its cause', new Error('a', { cause: new Error('b', { cause: TOKEN }) })],
    ['a field', Object.assign(new Error('a'), { request: { headers: [{ authorization: TOKEN }] } })],
    ['a key of bytes', Object.assign(new Error('a'), { sent: Buffer.from(TOKEN) })],
    ['a Map', Object.assign(new Error('a'), { headers: new Map([['x', TOKEN]]) })],
    ['one of several errors', new AggregateError([new Error('a'), new Error(TOKEN)], 'all failed')],
    ['no error at all', { token: TOKEN }],
    ['a text', `no ${TOKEN}`],
  ])('loses it from %s', (_, cause) => {
    const error = redacted(new VoiceGatewayError('op 4 could not be sent', cause));
    expect(error.cause).not.toBe(cause);
    expect(error.message).toMatch(/^the bot gateway failed: op 4 could not be sent: ./);
    expect([error.message, error.stack].join()).not.toContain(TOKEN);
  });

  it('keeps name, text and stack of what is replaced, and its innocent causes', () => {
    const innocent = new RangeError('innocent');
    const cause = new TypeError(`cannot send ${TOKEN}`, { cause: innocent });
    const copy = redacted(new VoiceGatewayError('x', cause)).cause as Error;
    expect([copy.name, copy.message, copy.cause]).toEqual(['TypeError', 'cannot send [redacted]', innocent]);
    expect(copy.stack).toBe(cause.stack!.replace(TOKEN, '[redacted]'));
    expect(cause.message).toContain(TOKEN);
  });

  it('may be its own, or endless', () => {
    const round = new Error(TOKEN);
    round.cause = new Error('b', { cause: round });
    redacted(new VoiceGatewayError('x', round));
    const self = new Error(TOKEN);
    self.cause = self;
    redacted(new VoiceGatewayError('x', self));
    let deep = new Error(TOKEN);
    for (let i = 0; i < 50; i++) deep = new Error('a', { cause: deep });
    redacted(new VoiceGatewayError('x', deep));
  });

  it('has its getters left alone', () => {
    const cause = Object.defineProperty(new Error('a'), 'trap', { enumerable: true, get: () => { throw new Error('sprung'); } }); // prettier-ignore
    redactError(new VoiceGatewayError('x', cause), secrets);
  });
});

it('an error that is not ours is left alone: what an application throws it may get back', () => {
  const error = new Error(TOKEN);
  redactError(error, secrets);
  expect(error.message).toBe(TOKEN);
});
