/** One guild of the soak, for as long as it lasts: join, play, be disturbed, leave, and again. */
import { setTimeout as sleep } from 'node:timers/promises';
import { BehaviorSubject, concatMap, switchMap, Subject, tap } from 'rxjs';
import { tapGateway, Taps } from '../storm/taps.mjs';

/** ms that a stay lasts, and what is between two. */
const STAY = [8_000, 30_000];
const AWAY = [200, 3_000];
/** Frames of a track. */
const TRACK = [20, 200];
/** ms between two disturbances of one guild. */
const CALM = [3_000, 15_000];
const PATIENCE = 30_000;

export class Inhabitant {
  #town;
  #dice;
  #guild;
  #userId;
  #listens;
  #taps;

  /**
   * @param town what all have in common: `library`, `server`, `tally` and `running`
   * @param listens plays nothing and hears the other member of its guild
   */
  constructor(town, dice, guild, userId, listens) {
    this.#town = town;
    this.#dice = dice;
    this.#guild = guild;
    this.#userId = userId;
    this.#listens = listens;
    this.#taps = new Taps(town.library.nodeTransports(), () => (town.tally.datagrams += 1));
  }

  /** IP discovery requests sent so far. */
  get discoveries() {
    return this.#taps.discoveries;
  }

  /** Where the session stands; undefined while there is none. */
  status;

  get open() {
    return this.#taps.sockets + this.#taps.udpPorts;
  }

  async live() {
    const { tally } = this.#town;
    while (this.#town.running) {
      try {
        await this.#stay();
      } catch (error) {
        tally.violations.push(`guild ${this.#guild}: ${error.message}`);
      }
      await this.#idle(this.#dice.whole(...AWAY));
    }
  }

  async #stay() {
    const { library, server, tally } = this.#town;
    const channels = [1, 2].map((n) => `${this.#guild}${n}`);
    const channelId = new BehaviorSubject(channels[0]);
    const { port, counts } = tapGateway(server.gateway(this.#userId));
    const ids = { guildId: this.#guild, userId: this.#userId, channelId };
    let over = false;
    let session;
    const options = { transports: this.#taps.transports, timeouts: { signalling: 20_000 } };
    const membership = library.connectVoice$(port, ids, options).subscribe({
      next: (ready) => {
        session = ready;
        tally.joins += 1;
        ready.health$.subscribe((health) => (this.status = health.ready ? 'on the air' : health.reason));
      },
      error: (error) => {
        over = true;
        tally.violations.push(`guild ${this.#guild}: the session failed: ${error.message}`);
      },
      complete: () => {
        over = true;
        tally.ended += 1;
      },
    });
    try {
      const deadline = performance.now() + PATIENCE;
      while (session === undefined && !over && this.#town.running) {
        if (performance.now() > deadline) throw new Error('not ready in time');
        await sleep(50);
      }
      if (session === undefined) return;
      const audio = this.#listens ? this.#listen(session) : this.#playlist(session);
      const end = performance.now() + this.#dice.whole(...STAY);
      while (!over && this.#town.running && performance.now() < end) {
        await this.#idle(this.#dice.whole(...CALM), () => over || performance.now() > end);
        if (!over && this.#town.running) this.#disturb(channels, channelId);
      }
      audio.unsubscribe();
      // Some leave in the middle of what was just done to them, some a moment after.
      if (this.#dice.chance(0.5)) await this.#idle(100);
    } finally {
      membership.unsubscribe();
      this.status = undefined;
      if (counts.subscriptions !== 0) tally.violations.push(`guild ${this.#guild}: ${counts.subscriptions} gateway subscriptions left`);
    }
  }

  /** Tracks one after the other, or each cut short by the next, without an end. */
  #playlist(session) {
    const { tally } = this.#town;
    const tracks = new Subject();
    const [queues, length] = [this.#dice.chance(0.5), () => this.#dice.whole(...TRACK)];
    const flatten = queues ? concatMap : switchMap;
    const subscription = tracks.pipe(flatten((frames) => this.#play(session, frames))).subscribe({
      next: (event) => {
        if (event.type === 'finished') tracks.next(length());
      },
      error: (error) => error.code !== 'session-ended' && tally.violations.push(`guild ${this.#guild}: a play failed: ${error.message}`),
    });
    tracks.next(length());
    if (!queues) {
      const skip = setInterval(() => tracks.next(length()), this.#dice.whole(800, 4_000));
      subscription.add(() => clearInterval(skip));
    }
    return subscription;
  }

  #play(session, frames) {
    const { tally, library } = this.#town;
    let sent = 0;
    tally.plays += 1;
    return session.play(library.testFrames(frames)).pipe(
      tap((event) => {
        if (event.type === 'sent') {
          tally.sent += 1;
          sent += 1;
        }
        if (event.type === 'finished' && (sent !== frames || event.frames !== frames))
          tally.violations.push(`guild ${this.#guild}: of ${frames} frames ${sent} were sent, and ${event.frames} told at the end`);
      }),
    );
  }

  #listen(session) {
    return session.receive().subscribe(({ frame }) => {
      if (frame.length === 4) this.#town.tally.heard += 1;
    });
  }

  #disturb(channels, channelId) {
    const { server, tally } = this.#town;
    tally.faults += 1;
    const user = this.#userId;
    this.#dice.pick([
      () => server.fault('dropSocket', user),
      () => server.fault('closeSocket', user, 4015),
      () => server.fault('closeSocket', user, 4006),
      () => server.fault('closeSocket', user, 4009),
      () => server.fault('nameServer', this.#guild),
      () => server.fault('move', user, this.#dice.pick(channels)),
      () => channelId.next(this.#dice.pick(channels)),
      () => server.fault('renewSession', user),
      () => server.fault('reidentifyGateway', user),
      () => server.fault('kick', user),
      () => this.#taps.breakUdp(),
    ])();
  }

  async #idle(ms, until = () => false) {
    const end = performance.now() + ms;
    while (this.#town.running && !until() && performance.now() < end) await sleep(Math.min(100, Math.max(1, end - performance.now())));
  }
}
