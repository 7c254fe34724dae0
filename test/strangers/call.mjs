/** One end-to-end encrypted call on the embedded server: two hosts, and the stranger (the library under test) as their guest. */
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
/** ms. The second includes a library's own backoff; discord.py needs half a minute if nobody speaks, see python/bot.py. */
const TO_AGREE = 30_000;
const TO_BE_BACK = 50_000;
/** The close codes of a move and a lost socket, which the steps themselves cause. */
const OF_OURS = new Set([1006, 4014]);

/** The call and its steps. Each wait has a deadline, and its error names what did not come. */
export class Call {
  #channelId = HALL;
  #present;
  #codes = new Set();
  /** Close codes of the guest's WebSockets, except those that the steps cause. */
  closes = [];

  /** Opens a call with the hosts in it, and starts the guest without joining it. @param tls of the server, @param command starts the guest */
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

  /** The guest joins; waits for one group of all members. */
  async enter() {
    await this.guest.join(this.#channelId);
    this.#present = this.everybody;
    await this.#agree();
  }

  /** The guest leaves; waits for a group of the hosts alone. */
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

  /** Waits until all present members are in the server's group and have the same privacy code, which no earlier group had. */
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

  /** Describes which member has which privacy code: an old one, or one of the new ones. */
  #situation(codes) {
    const different = [...new Set(codes)].filter((code) => code !== null && !this.#codes.has(code));
    const has = (code) => (code === null ? 'no code' : this.#codes.has(code) ? 'an old code' : `code ${different.indexOf(code) + 1}`);
    const members = this.#present.map(({ name }, i) => `${name} has ${has(codes[i] ?? null)}`);
    return `${members.join(', ')}; in the group: ${this.#group() || 'nobody'}`;
  }

  /** The members of the group, as the server knows it. */
  #group() {
    const leaves = this.server.dave(GUILD, this.#channelId)?.snapshot.leaves ?? [];
    return leaves.filter((leaf) => leaf !== null).sort().join();
  }

  #next(...types) {
    return firstValueFrom(this.server.events$.pipe(filter(({ type, userId }) => userId === GUEST && types.includes(type))));
  }
}
