import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { VoiceEndpointError } from '../../../src/errors.js';
import { endpointUrl } from '../../../src/net/endpoint.js';

describe('endpointUrl', () => {
  it.each([
    ['voice.test', 'wss://voice.test/?v=8'],
    ['voice.test:443', 'wss://voice.test/?v=8'],
    ['voice.test:2048', 'wss://voice.test:2048/?v=8'],
    ['wss://voice.test:2048', 'wss://voice.test:2048/?v=8'],
    ['127.0.0.1:5000', 'wss://127.0.0.1:5000/?v=8'],
    ['[::1]:5000', 'wss://[::1]:5000/?v=8'],
    ['ws://127.0.0.1:5000', 'ws://127.0.0.1:5000/?v=8'],
    ['ws://127.9.9.9:5000', 'ws://127.9.9.9:5000/?v=8'],
    ['ws://localhost:5000', 'ws://localhost:5000/?v=8'],
    ['ws://[::1]:5000', 'ws://[::1]:5000/?v=8'],
    ['WS://127.0.0.1:5000', 'ws://127.0.0.1:5000/?v=8'],
    ['wss://voice.test:2048/', 'wss://voice.test:2048/?v=8'],
    ['voice.test/', 'wss://voice.test/?v=8'],
  ])('%s is %s', (endpoint, url) => {
    expect(endpointUrl(endpoint, 8).href).toBe(url);
  });

  it('carries the version that is asked for', () => {
    expect(endpointUrl('voice.test', 4).searchParams.get('v')).toBe('4');
  });

  it.each([
    'ws://voice.test',
    'ws://10.0.0.1:5000',
    'ws://127.0.0.1.voice.test:5000',
    'ws://127.evil.test',
    'ws://localhost.evil.test',
    'http://127.0.0.1',
    'https://voice.test',
    'file:///etc/passwd',
    '',
    ' ',
    'voice.test:99999',
    'voice.test:port',
    '://',
    'a b',
    'voice.test/path',
    'voice.test//',
    'voice.test/..',
    'voice.test\\path',
    'voice.test?v=4',
    'voice.test/?v=4',
    'voice.test?',
    'voice.test#hash',
    'voice.test#',
    'voice\t.test',
    'voice.test\n',
    'wss:voice.test',
    'wss://wss://voice.test',
  ])("refuses '%s'", (endpoint) => {
    expect(() => endpointUrl(endpoint, 8)).toThrow(VoiceEndpointError);
    expect(() => endpointUrl(endpoint, 8)).toThrow(`'${endpoint}'`);
  });

  it.each([
    ['ws://127.0.0.1@evil.test', 'ws://…@evil.test'],
    ['bot:hunter2@voice.test:443', '…@voice.test:443'],
    ['wss://bot:hunter2@voice.test', 'wss://…@voice.test'],
    ['hunter2@a@b', '…@b'],
    ['@', '…@'],
  ])("refuses '%s', and tells no password", (endpoint, told) => {
    expect(() => endpointUrl(endpoint, 8)).toThrow(VoiceEndpointError);
    expect(() => endpointUrl(endpoint, 8)).toThrow(`the endpoint '${told}' is not 'host:port'`);
  });

  it('gives TLS or loopback for any text, or one of our errors', () => {
    const text = fc.oneof(fc.string(), fc.webUrl(), fc.domain().map((host) => `ws://${host}`), fc.ipV4().map((ip) => `ws://${ip}:80`));
    fc.assert(
      fc.property(text, (endpoint) => {
        let url: URL;
        try {
          url = endpointUrl(endpoint, 8);
        } catch (error) {
          expect(error).toBeInstanceOf(VoiceEndpointError);
          return;
        }
        expect([url.username, url.password, url.pathname, url.search, url.hash]).toEqual(['', '', '/', '?v=8', '']);
        if (url.protocol !== 'wss:') expect(url.hostname).toMatch(/^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/);
      }),
      { numRuns: 1_000 },
    );
  });
});
