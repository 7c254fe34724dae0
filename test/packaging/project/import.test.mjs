import * as rxjs from 'rxjs';
import * as rxvoice from 'rxvoice';
import * as audio from 'rxvoice/audio';
import * as server from 'rxvoice/server';
import * as testing from 'rxvoice/testing';
import roundTrip from './round-trip.cjs';

test('round trip', async () => {
  expect(await roundTrip({ rxjs, rxvoice, audio, server, testing })).toBe(60);
}, 30_000);
