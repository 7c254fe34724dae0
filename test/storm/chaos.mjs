/**
 * The storm: faults of all kinds, in sequence and overlapping, during a song that plays on real sockets. After each pause the session
 * must have recovered; at the end every frame must be accounted for, and nothing may be left open.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { BehaviorSubject } from 'rxjs';
import { Dice } from './random.mjs';
import { FAULTS, possible } from './faults.mjs';
import { Ledger } from './ledger.mjs';
import { Member } from './member.mjs';
import { occurred } from './occurred.mjs';
import { leakedResources, memory, openResources } from './resources.mjs';
import { clientOptions, DISCOVERY, HEARTBEAT, STABLE, STAGE } from './settings.mjs';
import { growthOf, quantiles } from './statistics.mjs';

const GUILD = '1000';
const CHANNELS = ['2001', '2002'];
const SINGER = '3001';
const LISTENER = '3002';
/** ms in which a session must recover from any fault. */
const PATIENCE = 20_000;
/** Frames that must arrive in a row before a session counts as recovered. */
const BREATH = 10;
/** Frames played without faults after the storm; all of them must be heard. */
const CODA = 50;
/** The probability that a fault comes on top of another. */
const PILE_UP = 0.35;
/** MB by which the heap may grow from the second quarter of the storm to the last, not counting the accounts. */
const HEAP_GROWTH = 6;

/**
 * @param library the parts of rxvoice that are used: connectVoice$, recoverBy, nodeTransports, startVoiceServer, testFrame
 * @param options `faults`: how many; `seed`; `dave`: whether the call is end-to-end encrypted; `server`: more options of the voice server; `kinds`: only those whose
 *   name contains one of these; `stage`: ms that the client gives each stage of a join, 800 by default; longer on busy machines, so that only faults exceed it;
 *   `leaks`: whether open handles and memory are checked, which requires that the process runs only the storm; `onProgress`
 */
export async function chaos(library, { faults, seed, dave = false, server = {}, kinds, stage = STAGE, leaks = true, onProgress }) {
  const before = openResources();
  const storm = new Storm(library, seed, { dave, server, stage, leaks });
  try {
    await storm.begin();
    await storm.rage(faults, kinds, onProgress);
    await storm.end();
  } catch (error) {
    storm.fail(error);
  } finally {
    await storm.close();
  }
  const leaked = leaks ? await leakedResources(before) : [];
  return { ...storm.report(leaked), only: kinds ?? null, asked: faults };
}

class Storm {
  #library;
  #dave;
  #options;
  #stage;
  #leaks;
  #dice;
  #server;
  #ledger;
  #singer;
  #listener;
  #channel$ = new BehaviorSubject(CHANNELS[0]);
  /** The channel of each user on the server. */
  #where = new Map();
  /** The channel to which a moderator or the bot itself last moved the singer; the singer must return there. */
  #told = CHANNELS[0];
  #playing = true;
  #finished;
  #started = performance.now();
  #log = [];
  #counts = new Map();
  #recoveries = [];
  #samples = [];
  #violations = [];
  #done = 0;
  /** Each fault with its time. */
  #faults = [];

  constructor(library, seed, { dave, server, stage, leaks }) {
    this.#library = library;
    this.#dave = dave;
    this.#options = server;
    this.#stage = stage;
    this.#leaks = leaks;
    this.seed = seed;
    this.#dice = new Dice(seed);
    this.#ledger = new Ledger({ readable: !dave });
  }

  async begin() {
    const { startVoiceServer, recoverBy, testFrame } = this.#library;
    this.#server = await startVoiceServer({
      heartbeatInterval: HEARTBEAT,
      daveVersion: this.#dave ? 1 : 0,
      dave: { stallTimeout: 500, transitionTimeout: 500 },
      ...this.#options,
    });
    this.#server.packets$.subscribe((packet) => packet.userId === SINGER && this.#ledger.accepted(packet));
    this.#server.events$.subscribe((event) => this.#onEvent(event));
    const options = clientOptions(recoverBy, this.#stage);
    const own = (userId, more) => ({ ...options, ...more, log: (event) => this.#onLog(userId, event) });
    const ids = { guildId: GUILD, channelId: this.#channel$, userId: SINGER };
    this.#singer = new Member(this.#library, this.#server, ids, own(SINGER), (ssrc, sequence) =>
      this.#ledger.datagram(ssrc, sequence, performance.now()),
    );
    this.#listener = new Member(this.#library, this.#server, { ...ids, userId: LISTENER }, own(LISTENER));
    await Promise.all([this.#singer.ready, this.#listener.ready]);
    this.#listener.session.receive(SINGER).subscribe(({ ssrc, sequence, frame }) => this.#ledger.heard(ssrc, sequence, frame));

    const song = function* (goesOn) {
      for (let index = 0; goesOn(); index++) yield testFrame(index);
    };
    this.#finished = new Promise((resolve, reject) => {
      this.#singer.session.play(song(() => this.#playing)).subscribe({
        next: (event) => this.#onPlay(event),
        error: reject,
        complete: resolve,
      });
    });
    this.#finished.catch(() => undefined);
    await this.#settle('the beginning');
  }

  async rage(count, kinds, onProgress) {
    const all = possible(FAULTS, this.#server, { dave: this.#dave, parts: ['taps', 'want', 'fate', 'listener'] });
    const chosen = kinds === undefined ? all : all.filter(({ name }) => kinds.some((part) => name.includes(part)));
    const context = this.#context();
    let deck = [];
    let settled = true;
    for (; this.#done < count; this.#done++) {
      if (deck.length === 0) deck = this.#dice.shuffled(chosen);
      const fault = deck.pop();
      if (fault.alone && !settled) await this.#settle('what came before');
      onProgress?.(this.#done, fault.name);
      this.#counts.set(fault.name, (this.#counts.get(fault.name) ?? 0) + 1);
      this.#note(`fault: ${fault.name}`);
      this.#faults.push({ at: performance.now(), name: fault.name });
      const started = performance.now();
      await fault.act(context);
      const onTop = !fault.alone && this.#dice.chance(PILE_UP);
      settled = !onTop;
      if (onTop) await sleep(this.#dice.whole(0, 150));
      else {
        await this.#settle(fault.name);
        this.#recoveries.push(performance.now() - started);
        await sleep(this.#dice.whole(0, 60));
      }
      if (this.#done % 10 === 9) this.#samples.push(memory());
    }
    if (!settled) await this.#settle('the last fault');
  }

  /** Plays the coda without faults, which must be heard completely; then all members leave. */
  async end() {
    const [accepted, heard] = [this.#ledger.framesAccepted, this.#ledger.framesHeard];
    await this.#wait('the coda', () => this.#ledger.framesAccepted >= accepted + CODA && this.#ledger.framesHeard >= heard + CODA);
    this.#playing = false;
    let finished = false;
    void this.#finished.then(() => (finished = true));
    await this.#wait('the song', () => finished);
    // Time for the silence after the last frame and for datagrams in transit: the kernel drops unread ones when the port closes.
    await sleep(300);
    await this.#wait('the silence', () => this.#ledger.hasAll);
    for (const member of [this.#singer, this.#listener]) {
      if (member.sessions !== 1) this.#ledger.violation(`${member.sessions} sessions were emitted`);
      member.leave();
      const { sockets, udpPorts } = member.taps;
      if (sockets + udpPorts + member.gateway.subscriptions > 0)
        this.#ledger.violation(`left open: ${sockets} WebSockets, ${udpPorts} UDP sockets, ${member.gateway.subscriptions} subscriptions`);
    }
  }

  fail(error) {
    const where = [this.#singer, this.#listener].map((member) => `${member?.over ?? member?.status}`).join(', ');
    this.#violations.push(`${error.message} (singer, listener: ${where})\n${this.#log.slice(-60).join('\n')}`);
  }

  async close() {
    this.#playing = false;
    this.#singer?.leave();
    this.#listener?.leave();
    await this.#server?.close();
  }

  report(leaked) {
    const audit = this.#ledger.audit();
    const violations = [...this.#violations, ...audit.violations];
    if (leaked.length > 0) violations.push(`left open: ${leaked.join(', ')}`);
    const growth = growthOf(this.#samples);
    if (this.#leaks && growth.heap > HEAP_GROWTH) violations.push(`the heap grew by ${growth.heap.toFixed(1)} MB`);
    return {
      seed: this.seed,
      dave: this.#dave,
      faults: this.#done,
      kinds: this.#counts.size,
      seconds: (performance.now() - this.#started) / 1_000,
      ...audit,
      blindAfter: this.#faults.findLast(({ at }) => at <= audit.blindAt)?.name ?? null,
      recovery: quantiles(this.#recoveries),
      growth,
      leaked,
      violations,
      counts: Object.fromEntries(this.#counts),
    };
  }

  #context() {
    const { guild, dice } = { guild: GUILD, dice: this.#dice };
    const channel = () => this.#where.get(SINGER) ?? CHANNELS[0];
    return {
      server: this.#server,
      faults: this.#server.faults,
      dice,
      guild,
      singer: SINGER,
      listener: LISTENER,
      members: [SINGER, LISTENER],
      taps: this.#singer.taps,
      stage: STAGE,
      discovery: STAGE + DISCOVERY,
      heartbeat: HEARTBEAT,
      now: () => performance.now(),
      channel,
      other: () => CHANNELS.find((id) => id !== channel()),
      want: (channelId) => {
        this.#told = channelId;
        this.#channel$.next(channelId);
      },
      group: () => this.#server.dave(GUILD, channel())?.faults,
      pause: (ms) => sleep(ms),
      event: (type, match, ms) => occurred(this.#server, type, match, ms),
      fate: (ssrc, sequence, what) => this.#ledger.fate(ssrc, sequence, what),
      window: (from, to) => this.#ledger.window(from, to),
    };
  }

  /** Waits until both members have recovered and the song flows, then checks what they have open. */
  async #settle(after) {
    const members = [this.#singer, this.#listener];
    let accepted = Infinity;
    await this.#wait(after, () => {
      this.#together();
      // A fault may not have reached the clients yet, so only frames that arrive afterwards prove recovery.
      if (!members.every((member) => member.isSettled(STABLE, this.#dave))) accepted = Infinity;
      else if (accepted === Infinity) accepted = this.#ledger.framesAccepted;
      return this.#ledger.framesAccepted >= accepted + BREATH;
    });
    for (const [name, member] of [['singer', members[0]], ['listener', members[1]]]) {
      if (member.surplus !== undefined) this.#ledger.violation(`after ${after} the ${name} has ${member.surplus}`);
      const there = this.#where.get(name === 'singer' ? SINGER : LISTENER);
      if (member.channelId !== there) this.#ledger.violation(`after ${after} the ${name} says ${member.channelId} and is in ${there}`);
    }
    this.#note('settled');
  }

  /** An encrypted call needs two members, so a listener in another channel is moved to the singer. */
  #together() {
    const [singer, listener] = [this.#where.get(SINGER), this.#where.get(LISTENER)];
    if (singer === undefined || listener === undefined || singer === listener || this.#listener.status !== 'ready') return;
    this.#server.faults.move(LISTENER, singer);
  }

  async #wait(what, holds) {
    const end = performance.now() + PATIENCE;
    while (!holds()) {
      for (const member of [this.#singer, this.#listener]) if (member.over !== undefined) throw new Error(`a session ${member.over}, after ${what}`);
      if (performance.now() > end) throw new Error(`not whole ${PATIENCE / 1_000} s after ${what}`);
      await sleep(10);
    }
  }

  #onEvent(event) {
    if (event.type === 'bad-datagram') {
      this.#ledger.refused(event);
      return;
    }
    if (event.type === 'session-ended' && event.userId === SINGER) this.#ledger.ended(event, performance.now());
    if (event.type === 'moved' && event.userId === SINGER) this.#told = event.channelId;
    if (event.type === 'joined' && event.userId === SINGER && event.channelId !== this.#told)
      this.#ledger.violation(`the singer came back to ${event.channelId} and was last told to be in ${this.#told}`);
    if (event.type === 'joined' || event.type === 'moved') this.#where.set(event.userId, event.channelId);
    else if (event.type === 'left') this.#where.delete(event.userId);
    if (!/^(heartbeat|discovery|dave)$/.test(event.type)) this.#note(`server: ${JSON.stringify({ ...event, at: undefined })}`);
  }

  #onLog(userId, event) {
    if (event.type === 'frame') return;
    this.#note(`${userId === SINGER ? 'singer' : 'listener'}: ${JSON.stringify({ ...event, at: undefined, guildId: undefined })}`);
  }

  #onPlay(event) {
    if (event.type !== 'sent') return;
    this.#ledger.sent(event);
    const { status } = this.#singer;
    if (status !== 'ready' && status !== 'resuming') this.#ledger.violation(`a frame was sent in state '${status}', after:\n${this.#log.slice(-8).join('\n')}`);
  }

  /** Keeps the latest events, for finding the cause of a violation. */
  #note(text) {
    this.#log.push(`${((performance.now() - this.#started) / 1_000).toFixed(3)} ${text}`);
    if (this.#log.length > 400) this.#log.splice(0, 200);
  }
}
