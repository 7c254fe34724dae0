/** The soak: many sessions in one process, with churn and faults, watched for whatever grows. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Dice } from '../storm/random.mjs';
import { leakedResources, memory, openResources } from '../storm/resources.mjs';
import { Inhabitant } from './inhabitant.mjs';
import { RemoteServer } from './remote-server.mjs';
import { trend } from './trend.mjs';

/** Of the sessions, one in so many listens, in a guild where another one plays. */
const LISTENERS = 5;
/** Samples in a run. The first quarter is warm-up. */
const SAMPLES = 24;
/** ms between samples at least: a collection of all garbage takes its time. */
const SAMPLE_EVERY = 2_500;
/** Beyond this the rise of a line through the samples is growth: MB, or its part of the mean where that is more. */
const HEAP_RISE = { least: 3, part: 0.1 };
/** Handles, in excess of those that the sessions have open, that come and go with sockets being closed. */
const HANDLE_RISE = 10;
/** Share of datagrams lost by rule in the second half. */
const LOSS = 0.01;
/** ms for what is under way to arrive, and for the sockets to close. */
const TAIL = 2_000;

export async function soak(library, { minutes, sessions, seed }, onSample) {
  const before = openResources();
  const server = await RemoteServer.start();
  const withServer = openResources();
  const tally = { joins: 0, ended: 0, plays: 0, faults: 0, sent: 0, datagrams: 0, heard: 0, violations: [] };
  const town = { library, server, tally, running: true };
  const players = sessions - Math.floor(sessions / LISTENERS);
  const inhabitants = Array.from({ length: sessions }, (_, i) => {
    const guild = String(10_000 + (i % players));
    return new Inhabitant(town, new Dice(seed * 10_007 + i), guild, String(20_000 + i), i >= players);
  });
  const lives = inhabitants.map((inhabitant) => inhabitant.live());

  const samples = [];
  const start = performance.now();
  const length = minutes * 60_000;
  const every = Math.max(SAMPLE_EVERY, length / SAMPLES);
  while (performance.now() - start < length) {
    await sleep(Math.min(every, start + length - performance.now()));
    const open = inhabitants.reduce((sum, inhabitant) => sum + inhabitant.open, 0);
    const kinds = openResources();
    const sockets = kinds.filter((kind) => /^(TCP|UDP)/.test(kind)).length;
    const sample = {
      at: (performance.now() - start) / 1_000,
      ...memory(),
      open,
      surplus: sockets - open,
      onAir: inhabitants.filter(({ status }) => status === 'on the air').length,
      timers: kinds.filter((kind) => kind === 'Timeout').length,
      sent: tally.sent,
      joins: tally.joins,
      faults: tally.faults,
    };
    samples.push(sample);
    onSample?.(sample);
    if (performance.now() - start > length / 2) server.loss(LOSS);
  }
  town.running = false;
  await Promise.all(lives);
  await sleep(TAIL);
  const report = await server.report();
  const atRest = memory();
  const left = await leakedResources(withServer);
  await server.end();
  const leaked = await leakedResources(before);
  const discoveries = inhabitants.reduce((sum, inhabitant) => sum + inhabitant.discoveries, 0);
  return verdict({ discoveries, tally, samples, report, atRest, left, leaked, minutes, sessions, seed });
}

function verdict({ discoveries, tally, samples, report, atRest, left, leaked, minutes, sessions, seed }) {
  const violations = [...tally.violations];
  const settled = samples.slice(Math.floor(samples.length / 4));
  const of = (key) => trend(settled.map((sample) => ({ x: sample.at, y: sample[key] })));
  const trends = { heap: of('heap'), rss: of('rss'), surplus: of('surplus'), timers: of('timers') };
  const bound = Math.max(HEAP_RISE.least, HEAP_RISE.part * trends.heap.mean);
  if (trends.heap.rise > bound) violations.push(`the heap rose by ${trends.heap.rise.toFixed(1)} MB, more than ${bound.toFixed(1)}`);
  if (trends.surplus.rise > HANDLE_RISE) violations.push(`handles rose by ${trends.surplus.rise.toFixed(0)}`);
  if (left.length + leaked.length > 0) violations.push(`left open: ${[...left, ...leaked].join(', ')}`);

  const { accepted, inboundDoubled = 0, inboundDropped = 0, unknownSsrc, unheard = 0, foreign, early, undecryptable, malformed, kernelDrops } = report;
  const wrong = foreign + early + undecryptable + malformed;
  if (wrong > 0) violations.push(`refused: ${foreign} foreign, ${early} early, ${undecryptable} undecryptable, ${malformed} malformed`);
  // Every datagram that left is in one place. Discoveries count, since one of a session that is over is an unknown SSRC too.
  const seen = accepted - inboundDoubled + inboundDropped + unknownSsrc + unheard + wrong + kernelDrops + report.discoveries;
  const unaccounted = tally.datagrams + discoveries - seen;
  if (unaccounted !== 0) violations.push(`${unaccounted} of ${tally.datagrams} datagrams are unaccounted for`);
  const missing = tally.sent - report.frames;
  if (missing < 0 || missing > inboundDropped + unknownSsrc + kernelDrops)
    violations.push(`${missing} frames are missing, and only ${inboundDropped + unknownSsrc + kernelDrops} datagrams were lost`);
  const { violations: _, ...counts } = tally;
  return { minutes, sessions, seed, ...counts, report, missing, unaccounted, trends, atRest, left: [...left, ...leaked], samples, violations };
}
