/** The process of a stranger, and the JSON lines between it and the call, which README.md lists. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BehaviorSubject, filter, map, Subject, Subscription } from 'rxjs';
import { within } from './deadline.mjs';

/** ms to wait for an answer, in addition to the length of what is played. */
const PATIENCE = 30_000;
/** ms that a process may take to end after its input has ended. */
const LAST_ORDERS = 3_000;
const FRAME_MS = 20;
/** Number of stderr lines that are shown on a failure. */
const LAST_WORDS = 12;
const DISPATCHES = new Set(['VOICE_STATE_UPDATE', 'VOICE_SERVER_UPDATE']);

/** A member of the call that runs in another program. */
export class Stranger {
  #process;
  #ended;
  #gateway;
  #held = new Subscription();
  #asked = 0;
  #answers = new Map();
  #heard$ = new Subject();
  #words = [];
  /** Its privacy code, null for none. */
  code$ = new BehaviorSubject(null);
  /** The answer to `begin`: `library` with its version, and what is used `beside` it. */
  identity;
  name = 'the stranger';

  /**
   * @param command `program`, `args` and `env`, @param gateway of this user, @param ids `userId`, `guildId`, `channelIds`
   * @throws Error with the last stderr lines (`words`) of a process that does not begin
   */
  static async start(command, gateway, ids) {
    const stranger = new Stranger(command, gateway, ids.userId);
    try {
      stranger.identity = await stranger.ask('begin', ids);
    } catch (error) {
      await stranger.end();
      throw Object.assign(error, { words: stranger.lastWords });
    }
    return stranger;
  }

  constructor({ program, args, env }, gateway, userId) {
    this.userId = userId;
    this.#gateway = gateway;
    this.#process = spawn(program, args, { env: { ...process.env, ...env }, stdio: 'pipe' });
    this.#ended = new Promise((resolve) => {
      this.#process.once('error', ({ message }) => resolve(message));
      this.#process.once('close', (code, signal) => resolve(`the process ended (${code ?? signal})`));
    });
    // A process that has ended breaks the pipe to it; the event above reports its end.
    this.#process.stdin.on('error', () => undefined);
    createInterface({ input: this.#process.stdout }).on('line', (line) => this.#take(line));
    createInterface({ input: this.#process.stderr }).on('line', (line) => this.#mumble(line));
    this.#held.add(gateway.subscribe(({ t, d }) => DISPATCHES.has(t) && this.#write({ dispatch: { t, d } })));
  }

  /** The last lines of its stderr. */
  get lastWords() {
    return this.#words.join('\n');
  }

  /** Resolves with the answer. @throws Error if the process fails, ends, or does not answer by the deadline */
  async ask(ask, body = {}, ms = PATIENCE) {
    const id = ++this.#asked;
    const answer = new Promise((resolve, reject) => this.#answers.set(id, { resolve, reject }));
    const died = this.#ended.then((how) => Promise.reject(new Error(how)));
    this.#write({ id, ask, body });
    try {
      return await within(ms, 'no answer came', Promise.race([answer, died]));
    } catch (error) {
      throw new Error(`'${ask}': ${error.message}`);
    } finally {
      this.#answers.delete(id);
    }
  }

  join(channelId) {
    return this.ask('join', { channelId });
  }

  leave() {
    return this.ask('leave');
  }

  introduce() {
    return this.ask('introduce');
  }

  play(frames) {
    const texts = frames.map((frame) => Buffer.from(frame).toString('hex'));
    return this.ask('play', { frames: texts }, PATIENCE + frames.length * FRAME_MS);
  }

  /** The frames of a user, as hexadecimal text. */
  async hear(userId) {
    return this.#heard$.pipe(
      filter((heard) => heard.userId === userId),
      map(({ frame }) => frame),
    );
  }

  /** Ends its input, which ends the process; if it does not, the process is killed. */
  async end() {
    this.#held.unsubscribe();
    this.#process.stdin.end();
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), LAST_ORDERS);
    await this.#ended;
    clearTimeout(timer);
  }

  #write(line) {
    if (this.#process.stdin.writable) this.#process.stdin.write(`${JSON.stringify(line)}\n`);
  }

  #take(line) {
    if (!line.startsWith('{')) return this.#mumble(line);
    const { id, value, error, command, code, heard } = JSON.parse(line);
    if (command !== undefined) this.#gateway.next(command);
    else if (code !== undefined) this.code$.next(code);
    else if (heard !== undefined) this.#heard$.next(heard);
    else if (error !== undefined) this.#answers.get(id)?.reject(new Error(error));
    else this.#answers.get(id)?.resolve(value);
  }

  #mumble(line) {
    this.#words.push(line);
    if (this.#words.length > LAST_WORDS) this.#words.shift();
  }
}
