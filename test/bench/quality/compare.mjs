/** Compares the reception quality that sessions report with what the server counted, over several simulated networks at once. */
import { filter, merge, NEVER, switchMap, takeUntil, tap, timer } from 'rxjs';
import { load } from '../library.mjs';
import { Network } from './network.mjs';

export const LOSSES = [0, 0.05, 0.1, 0.2];
export const DELAYS = [20, 100, 300];
/** ms between sender reports: five times as many as by default, to get more reports. */
const EVERY = 1_000;
const FRAME = new Uint8Array(120).fill(0x5a);
FRAME[0] = 0xfc;

/** @returns one row for each network: `{ loss, delay, reports, … }` */
export async function compareQuality({ seconds }) {
  const { startVoiceServer } = await load('server/index.js');
  const server = await startVoiceServer();
  try {
    const networks = LOSSES.flatMap((loss) => DELAYS.map((delay) => ({ loss, delay })));
    return await Promise.all(networks.map((network, i) => one(server, network, i, seconds)));
  } finally {
    await server.close();
  }
}

async function one(server, { loss, delay }, i, seconds) {
  const { connectVoice$ } = await load('index.js');
  const { nodeTransports, senderReports } = await load('driver.js');
  const ids = { guildId: String(1_000 + i), channelId: String(2_000 + i), userId: String(3_000 + i) };
  const network = new Network({ loss, delay, seed: i + 1 });
  const reports = server.events$.pipe(filter(({ type, userId }) => type === 'report' && userId === ids.userId));
  reports.subscribe((report) => network.reported(report));
  const options = {
    dave: false,
    senderReports: false,
    interceptors: [senderReports({ every: EVERY })],
    transports: network.around(nodeTransports()),
  };
  const told = [];
  const live = (session) => merge(session.play(endless()), session.quality$.pipe(tap((quality) => told.push(quality))), NEVER);
  await new Promise((resolve, reject) => {
    connectVoice$(server.gateway(ids.userId), ids, options)
      .pipe(switchMap((session) => live(session).pipe(takeUntil(timer(seconds * 1_000)))), takeUntil(timer(seconds * 1_000 + 5_000)))
      .subscribe({ error: reject, complete: resolve });
  });
  return summary({ loss, delay }, network, told);
}

function* endless() {
  for (;;) yield FRAME;
}

function summary({ loss, delay }, { sent, lost, truths }, told) {
  const pairs = told.map((said, i) => [said, truths[i]]);
  const worst = (of) => Math.max(0, ...pairs.map(([said, truth]) => Math.abs(of(said, truth))));
  const roundTripsOff = pairs.map(([{ roundTripTime }, { roundTrip }]) => Math.abs((roundTripTime ?? NaN) - roundTrip));
  const expected = truths.at(-1)?.expected ?? NaN;
  return {
    loss,
    delay,
    reports: told.length,
    /** Shares of lost packets: what the network lost, and what the last report says. */
    lostTruly: lost / sent,
    lostTold: (told.at(-1)?.packetsLost ?? NaN) / expected,
    lossOff: worst((said, truth) => said.fractionLost - truth.fractionLost),
    jitterTold: told.at(-1)?.jitter ?? NaN,
    jitterOff: worst((said, truth) => said.jitter - truth.jitter),
    roundTripTruly: quantile(pairs.map(([, { roundTrip }]) => roundTrip), 0.5),
    roundTripTold: quantile(told.map(({ roundTripTime }) => roundTripTime ?? NaN), 0.5),
    roundTripUsuallyOff: quantile(roundTripsOff, 0.95),
    roundTripOff: Math.max(0, ...roundTripsOff),
  };
}

function quantile(values, share) {
  return [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * share)] ?? NaN;
}
