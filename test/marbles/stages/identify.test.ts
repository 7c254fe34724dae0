import { identify$ } from '../../../src/driver.js';
import { requestCases } from '../../support/request-cases.js';
import { SERVER } from '../../unit/driver/fake-socket.js';

const ready = { ssrc: 7, ip: '127.0.0.1', port: 50_000, modes: ['m'] };

requestCases('identify$', { asks: 0, answer: { op: 2, d: ready }, emits: ready, over: (control) => identify$(control, SERVER) });
