import { resume$ } from '../../../src/driver.js';
import { requestCases } from '../../support/request-cases.js';
import { SERVER } from '../../unit/driver/fake-socket.js';

requestCases('resume$', { asks: 7, answer: { op: 9, d: null }, emits: {}, over: (control) => resume$(control, SERVER) });
