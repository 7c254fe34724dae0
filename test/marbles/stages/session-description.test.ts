import { sessionDescription$ } from '../../../src/driver.js';
import { requestCases } from '../../support/request-cases.js';

const secretKey = new Uint8Array(32).fill(7);

requestCases('sessionDescription$', {
  asks: 1,
  answer: { op: 4, d: { mode: 'm', secret_key: [...secretKey], dave_protocol_version: 1 } },
  emits: { mode: 'm', secretKey, daveVersion: 1 },
  over: (control) => sessionDescription$(control, { address: '203.0.113.9', port: 40_000 }, 'aead_aes256_gcm_rtpsize'),
});
