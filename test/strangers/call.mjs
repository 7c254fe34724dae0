/** One end-to-end encrypted call at the embedded server: two hosts, and the stranger under test as their guest. */
import { combineLatest, filter, firstValueFrom, startWith, Subscription } from 'rxjs';
import { load } from '../bench/library.mjs';
import { within } from './deadline.mjs';
import { join as joinDiscordJs } from './hosts/discordjs.mjs';
import { join as joinRxvoice } from './hosts/rxvoice.mjs';
import { Stranger } from './stranger.mjs';

const { startVoiceServer } = await load('server/index.js');

const GUILD = '1000';
const HALL = '2001';
const ANNEX = '2002';
const HOSTS = [
  ['3001', joinRxvoice],
  ['3002', joinDiscordJs],
];
const GUEST = '3003';
/** ms. Within the second lies a library's own backoff; discord.py needs half a minute where nobody speaks, see python/bot.py. */
const TO_AGREE = 30_000;
const TO_BE_BACK = 50_000;
/** What a move and a lost socket are closed with. */
const OF_OURS = new Set([1006, 4014]);

/** The call, and what is done to it. Whoever waits here is told after its deadline what did not come. */
export class Call {
  #channelId = HALL;
  #present;
  #codes = new Set();
  /** Codes with which the server has closed the guest's WebSockets, other than by a step. */
  closes = [];

  /** The hosts are in it, the guest is at the door. @param tls of the server, @param command starts the guest */
  static async open(tls, command) {
    const held = new Subscription();
    const server = await startVoiceServer({ tls, daveVersion: 1 });
    try {
      const hosts = [];
      const world = { guildId: GUILD, channelIds: [HALL, ANNEX] };
      for (const [userId, join] of HOSTS) {
        const joined = join(server.gateway(userId), { guildId: GUILD, channelId: HALL, userId });
        const host = await within(TO_AGREE, `no session of host ${userId} came`, joined);
        held.add(() => host.leave());
        hosts.push(host);
      }
      const guest = await Stranger.start(command, server.gateway(GUEST), { ...world, userId: GUEST });
      return new Call(server, hosts, guest, held);
    } catch (error) {
      held.unsubscribe();
      await server.close();
      throw error;
    }
  }

  constructor(server, hosts, guest, held) {
    this.server = server;
    this.hosts = hosts;
    this.guest = guest;
    this.held = held;
    this.#present = hosts;
    const ofGuest$ = server.events$.pipe(filter(({ type, userId }) => type === 'close' && userId === GUEST));
    held.add(ofGuest$.subscribe(({ by, code }) => by === 'server' && !OF_OURS.has(code) && this.closes.push(code)));
  }

  get everybody() {
    return [...this.hosts, this.guest];
  }

  /** The guest joins, and there is one group of all. */
  async enter() {
    await this.guest.join(this.#channelId);
    this.#present = this.everybody;
    await this.#agree();
  }

  /** The guest leaves, and the hosts have a group of their own. */
  async depart() {
    await Promise.all([within(TO_AGREE, 'no leave of the guest came', this.#next('left')), this.guest.leave()]);
    this.#present = this.hosts;
    await this.#agree();
  }

  /** A moderator moves the guest to another channel, and then the hosts. */
  async move() {
    this.#channelId = this.#channelId === HALL ? ANNEX : HALL;
    for (const { userId } of [this.guest, ...this.hosts]) this.server.faults.move(userId, this.#channelId);
    await this.#agree();
  }

  /** The guest's WebSocket breaks without a close frame. It comes back by a resume, or by a new session and so in a new group. */
  async lose() {
    const back = this.#next('select', 'resume');
    this.server.faults.dropSocket(GUEST);
    const { type } = await within(TO_BE_BACK, 'neither a resume nor a new session came', back);
    if (type === 'select') await this.#agree();
  }

  async close() {
    await this.guest.end();
    this.held.unsubscribe();
    await this.server.close();
  }

  /** Waits until all who are there are in the server's group and have one privacy code, which no group before it had. */
  async #agree() {
    let codes = [];
    const present = this.#present;
    const known$ = combineLatest(present.map(({ code$ }) => code$));
    const code$ = combineLatest([known$, this.server.events$.pipe(startWith(null))], (known) => (codes = known)).pipe(
      filter(([code]) => code !== null && !this.#codes.has(code)),
      filter((known) => new Set(known).size === 1 && this.#group() === present.map(({ userId }) => userId).sort().join()),
    );
    const late = () => `no one group came (${this.#situation(codes)})`;
    const [code] = await within(TO_AGREE, late, firstValueFrom(code$));
    this.#codes.add(code);
  }

  /** Who has which code, those of before told apart from new ones, and those from each other. */
  #situation(codes) {
    const different = [...new Set(codes)].filter((code) => code !== null && !this.#codes.has(code));
    const has = (code) => (code === null ? 'no code' : this.#codes.has(code) ? 'an old code' : `code ${different.indexOf(code) + 1}`);
    const members = this.#present.map(({ name }, i) => `${name} has ${has(codes[i] ?? null)}`);
    return `${members.join(', ')}; in the group: ${this.#group() || 'nobody'}`;
  }

  /** Who is in it, by the server's account. */
  #group() {
    const leaves = this.server.dave(GUILD, this.#channelId)?.snapshot.leaves ?? [];
    return leaves.filter((leaf) => leaf !== null).sort().join();
  }

  #next(...types) {
    return firstValueFrom(this.server.events$.pipe(filter(({ type, userId }) => userId === GUEST && types.includes(type))));
  }
}
