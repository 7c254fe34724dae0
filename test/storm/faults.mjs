/**
 * Everything that Discord does to a voice connection, as data: the storm draws from this list, and the comparison runs through it. An
 * `act` causes one fault to the singer and undoes any lasting effect; it does not wait for the recovery.
 *
 * A context `c` is: the `server` and its `faults`, `dice`, the ids `guild`, `singer`, `listener` (or undefined), `channel()` where the
 * singer is and `other()` where it is not, `pause(ms)`, `event(type, match, ms)` of the server, `stage` (ms, the client's deadline of
 * a stage), `discovery` (ms, the same for IP discovery) and `heartbeat` (ms).
 *
 * - `alone`: the rules allow only one retry, so the storm lets the session settle before and after
 * - `asks`: needs a part of the storm (`taps` and `want` of the rxvoice client, `fate` of the ledger, `listener`), so other libraries
 *   have no such row
 * - `membership`: Discord removes the bot from the channel; the storm configures a rejoin, which is not the default
 * - `dave`: for end-to-end encrypted calls only
 */

import { close, deafWhile, moveAll, network, refusal, unheard, withheld } from './fault-makers.mjs';

/** Close codes after which a session can resume, those that need new credentials, and those with only one retry (`alone`). */
const RESUMABLE = [1000, 1001, 1006, 1011, 1012, 1013, 1014, 4000, 4013, 4015];
const RENEWABLE = [4003, 4006, 4009, 4011, 4777];
const ONCE = [4001, 4002, 4004, 4005, 4020];

export const FAULTS = [
  ...RESUMABLE.map((code) => close(code)),
  ...RENEWABLE.map((code) => close(code)),
  ...ONCE.map((code) => close(code, { alone: true })),
  {
    name: 'WebSocket dropped three times, 100 ms apart',
    act: async (c) => {
      for (let time = 0; time < 3; time++) {
        c.faults.dropSocket(c.singer);
        await c.pause(100);
      }
    },
  },
  {
    name: 'WebSocket open but dead: no heartbeat acknowledged',
    slow: true,
    act: async (c) => {
      const gone = c.event('close', (event) => event.userId === c.singer, 8 * c.heartbeat);
      c.faults.ignoreHeartbeats(true);
      await gone;
      c.faults.ignoreHeartbeats(false);
    },
  },
  {
    name: 'WebSocket open but silent: nothing said, nothing answered',
    needs: 'silent',
    slow: true,
    act: async (c) => {
      const gone = c.event('close', (event) => event.by === 'client', 8 * c.heartbeat);
      c.faults.silent(c.singer, true, 'control');
      await gone;
      c.faults.silent(c.singer, false);
    },
  },
  {
    name: 'UDP path dead for half a second',
    needs: 'silent',
    act: (c) =>
      deafWhile(c, async () => {
        c.faults.silent(c.singer, true, 'media');
        await c.pause(500);
        c.faults.silent(c.singer, false);
      }),
  },
  refusal('socket', 503, 1006),
  refusal('hello', 1006, 1006),
  refusal('resume', 4006, 1006),
  refusal('resume', 4009, 1006),
  refusal('resume', 1006, 4015),
  refusal('identify', 4006, 4006),
  refusal('ready', 4011, 4006),
  refusal('discovery', 1006, 4006),
  refusal('select', 4009, 4006),
  refusal('description', 1006, 4006),
  { ...refusal('dave', 4006, 4006), dave: true },
  withheld('hello', 1006),
  withheld('resumed', 1006),
  withheld('ready', 4006),
  withheld('description', 4006),
  unheard('state', 4006),
  unheard('server', 4006),
  {
    name: 'server update before state update, after 4006',
    act: async (c) => {
      const back = c.event('identify', (event) => event.userId === c.singer, c.stage);
      c.faults.eventOrder('server-first');
      c.faults.closeSocket(c.singer, 4006);
      await back;
      c.faults.eventOrder('state-first');
    },
  },
  {
    name: 'two discovery replies lost, after 4006',
    act: (c) => {
      c.faults.loseDiscoveryReplies(2);
      c.faults.closeSocket(c.singer, 4006);
    },
  },
  {
    name: 'no discovery reply in time, after 4006',
    act: async (c) => {
      c.faults.loseDiscoveryReplies(Infinity);
      c.faults.closeSocket(c.singer, 4006);
      await c.pause(c.discovery + 200);
      c.faults.loseDiscoveryReplies(0);
    },
  },
  {
    name: 'replay gap: the resume is refused with 4006',
    needs: 'forgetReplays',
    act: (c) => {
      c.faults.forgetReplays(c.singer);
      c.faults.dropSocket(c.singer);
    },
  },
  network('10 % of datagrams lost for 400 ms', (dice) => (dice.chance(0.1) ? 'drop' : 'pass'), 400),
  network('20 % of datagrams doubled for 400 ms', (dice) => (dice.chance(0.2) ? 'duplicate' : 'pass'), 400),
  network('datagrams delayed by up to 60 ms, and so reordered, for 400 ms', (dice) => (dice.chance(0.5) ? dice.whole(1, 60) : 'pass'), 400),
  {
    name: 'null endpoint, another named 150 ms later',
    act: async (c) => {
      c.faults.nullEndpoint(c.guild);
      await c.pause(150);
      c.faults.nameServer(c.guild);
    },
  },
  {
    name: '4014, another server named 100 ms later',
    act: async (c) => {
      c.faults.closeSocket(c.singer, 4014);
      await c.pause(100);
      c.faults.nameServer(c.guild);
    },
  },
  {
    name: '4022, another server named 100 ms later',
    act: async (c) => {
      c.faults.closeSocket(c.singer, 4022);
      await c.pause(100);
      c.faults.nameServer(c.guild);
    },
  },
  { name: 'new token on the same endpoint', act: (c) => c.faults.nameServer(c.guild) },
  {
    name: 'two new tokens, one after the other',
    act: (c) => {
      c.faults.nameServer(c.guild);
      c.faults.nameServer(c.guild);
    },
  },
  { name: 'region change: another endpoint', needs: 'changeRegion', act: (c) => c.faults.changeRegion(c.guild) },
  {
    name: 'region change that leaves the old session alive',
    needs: 'changeRegion',
    act: (c) => c.faults.changeRegion(c.guild, { code: null }),
  },
  { name: 'moved to another channel by a moderator', act: (c) => moveAll(c, c.other()) },
  {
    name: 'moved, server update first',
    act: async (c) => {
      const back = c.event('identify', (event) => event.userId === c.singer, c.stage);
      c.faults.eventOrder('server-first');
      moveAll(c, c.other());
      await back;
      c.faults.eventOrder('state-first');
    },
  },
  {
    name: 'moved to and fro within 50 ms',
    act: async (c) => {
      const [here, there] = [c.channel(), c.other()];
      moveAll(c, there);
      await c.pause(50);
      moveAll(c, here);
    },
  },
  {
    name: 'moved by the bot itself',
    asks: 'want',
    act: (c) => {
      const there = c.other();
      if (c.listener !== undefined) c.faults.move(c.listener, there);
      c.want(there);
    },
  },
  {
    name: 'a wish to move that is not answered: the channel is full',
    needs: 'fullChannel',
    asks: 'want',
    act: async (c) => {
      const [here, there] = [c.channel(), c.other()];
      c.faults.fullChannel(there, true);
      c.want(there);
      await c.pause(c.stage + 300);
      c.faults.fullChannel(there, false);
      c.want(here);
    },
  },
  {
    name: 'bot gateway identified anew',
    needs: 'reidentifyGateway',
    act: (c) => c.faults.reidentifyGateway(c.singer),
  },
  {
    name: 'bot gateway identified anew, its state told on request only',
    needs: 'reidentifyGateway',
    act: (c) => c.faults.reidentifyGateway(c.singer, { code: 4014, state: 'on-request' }),
  },
  { name: 'session id changed under us', needs: 'renewSession', act: (c) => c.faults.renewSession(c.singer) },
  { name: 'stale leave echo', needs: 'staleLeave', act: (c) => c.faults.staleLeave(c.singer) },
  { name: 'voice server crashed: 4015, and no resume', act: (c) => c.faults.crash() },
  {
    name: 'voice server down for 300 ms, back empty',
    needs: 'restart',
    act: (c) => deafWhile(c, () => c.faults.restart(300)),
  },
  { name: 'UDP socket lost', asks: 'taps', act: (c) => c.taps.breakUdp() },
  {
    name: 'UDP socket lost during a resume',
    asks: 'taps',
    act: (c) => {
      c.faults.dropSocket(c.singer);
      c.taps.breakUdp();
    },
  },
  { name: 'kicked', membership: true, act: (c) => c.faults.kick(c.singer) },
  { name: 'call ended (4022)', membership: true, act: (c) => c.faults.endCall(c.guild, c.channel()) },
  { name: 'the other member dropped', asks: 'listener', act: (c) => c.faults.dropSocket(c.listener) },
  { name: 'the other member must identify anew', asks: 'listener', act: (c) => c.faults.closeSocket(c.listener, 4006) },
  { name: 'DAVE group reset', dave: true, act: (c) => c.group()?.resetGroup() },
  { name: 'DAVE commit garbled', dave: true, act: (c) => (c.group()?.garbleCommit(), c.group()?.resetGroup()) },
  { name: 'DAVE welcome garbled', dave: true, act: (c) => (c.group()?.garbleWelcome(), c.group()?.resetGroup()) },
  { name: 'DAVE proposals garbled', dave: true, act: (c) => c.group()?.sendGarbageProposals() },
  { name: 'DAVE execute lost', dave: true, act: (c) => (c.group()?.loseExecutes(1), c.group()?.resetGroup()) },
];

/** The faults that can be caused here: without those that the server does not support, or for which the client lacks a part. */
export function possible(faults, server, { dave = false, parts = [] } = {}) {
  return faults.filter(
    ({ needs, asks, dave: daveOnly }) =>
      (needs === undefined || needs in server.faults) && (asks === undefined || parts.includes(asks)) && (dave || !daveOnly),
  );
}

/** Faults from which no client can recover; they show how often it tries. */
export const REFUSED_FOR_GOOD = [4004, 4012, 4016, 4017, 4021].map((code) => ({
  name: `every Identify refused with ${code}`,
  act: (c) => {
    c.faults.refuse('identify', code);
    c.faults.closeSocket(c.singer, code);
  },
}));
