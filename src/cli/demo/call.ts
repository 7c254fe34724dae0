/** The call of the demo. `call$` shows how a bot uses rxvoice; the rest is accounting and output. */
import { createReadStream } from 'node:fs';
import { concat, finalize, ignoreElements, lastValueFrom, takeUntil, tap, timer, type Observable } from 'rxjs';
import { oggOpus } from '../../audio/ogg/ogg-opus.js';
import { createOpusDecoder } from '../../audio/opus/decoder.js';
import { connectVoice$, useSession, type LogEvent, type PlayEvent, type VoicePacket, type VoiceSession } from '../../index.js';
import type { LoopbackVoiceServer } from '../../server/index.js';
import type { CommandFailed } from '../command.js';
import type { WavFile } from '../files/wav-file.js';
import type { Stop } from '../terminal/terminal.js';
import { Accounting } from './accounting.js';
import { Envelope } from './envelope.js';
import { samplesOf } from './samples.js';
import type { Screen } from './screen.js';
import type { TimelineEvent } from './timeline.js';

const CHANNEL = { guildId: '100', channelId: '200' };
const PLAYER = '1';
const LISTENER = '2';
/** The song's five frames of silence, and some reserve. */
const TAIL_MS = 200;

export class DemoCall {
  readonly #accounting = new Accounting();
  readonly #decoder = createOpusDecoder();
  readonly #envelope = new Envelope();
  readonly #stages: TimelineEvent[] = [];
  /** Privacy codes by member. */
  readonly #codes = new Map<string, string>();
  #undecoded = 0;

  constructor(
    private readonly server: LoopbackVoiceServer,
    private readonly screen: Screen,
    private readonly path: string,
    private readonly total: number,
    private readonly wav: WavFile,
  ) {}

  /** @param wavPath as shown to the user */
  async run(stop$: Observable<Stop>, wavPath: string): Promise<number> {
    let stop: Stop | undefined;
    await lastValueFrom(
      this.#call$().pipe(
        tap((event) => this.#show(event)),
        takeUntil(stop$.pipe(tap((asked) => (stop = asked)))),
      ),
      { defaultValue: undefined },
    );
    this.#decoder.free();
    return this.#report(stop, this.wav.close(), wavPath);
  }

  /** The listener joins first; then the player joins, plays the song and leaves; then the listener leaves. */
  #call$(): Observable<PlayEvent> {
    const gateway = (userId: string) => this.server.gateway(userId);
    return connectVoice$(gateway(LISTENER), { ...CHANNEL, userId: LISTENER }).pipe(
      useSession((listener) => {
        this.#watch('listener', listener);
        const ears = listener.receive(PLAYER).subscribe((packet) => this.#hear(packet));
        const song = this.#accounting.note(oggOpus(createReadStream(this.path)));
        return connectVoice$(gateway(PLAYER), { ...CHANNEL, userId: PLAYER }, { log: (event) => this.#log(event) }).pipe(
          useSession((player) => {
            this.#watch('player', player);
            return concat(player.play(song), timer(TAIL_MS).pipe(ignoreElements()));
          }),
          finalize(() => ears.unsubscribe()),
        );
      }),
    );
  }

  /** Remembers a member's privacy code. The session ends the subscription. */
  #watch(member: string, { e2ee$ }: VoiceSession): void {
    e2ee$.subscribe(({ privacyCode }) => {
      if (privacyCode !== null) this.#codes.set(member, privacyCode);
    });
  }

  #log(event: LogEvent): void {
    if (event.type !== 'state') return;
    const { state } = event;
    const label = state.status === 'connecting' ? state.stage : state.status === 'ready' ? `ready (${state.mode})` : state.status;
    if (state.status === 'ended') return;
    this.#stages.push({ at: performance.now(), label });
  }

  #show(event: PlayEvent): void {
    switch (event.type) {
      case 'started':
        this.screen.title('The flow, from op 4 to the first frame');
        this.screen.timeline([...this.#stages, { at: performance.now(), label: 'first frame' }]);
        this.screen.title('End-to-end encryption: the voice privacy code, as each member sees it');
        this.screen.codes(this.#codes);
        this.screen.title('Playing');
        break;
      case 'sent':
        this.#accounting.sent(event.sequence);
        this.screen.progress(event.position, this.total);
        break;
      case 'finished':
        this.screen.progressDone(this.total);
        break;
      default:
        this.screen.faint(`  ${event.type}`);
    }
  }

  #hear(packet: VoicePacket): void {
    this.#accounting.heard(packet, performance.now());
    let pcm: Int16Array;
    try {
      pcm = this.#decoder.decode(packet.frame);
    } catch {
      this.#undecoded += 1;
      this.#envelope.skip(samplesOf(packet.frame));
      return;
    }
    this.wav.write(pcm);
    this.#envelope.add(pcm);
  }

  /** @param unwritten why the WAV file does not have all the sound */
  #report(stop: Stop | undefined, unwritten: CommandFailed | undefined, wavPath: string): number {
    const { accounts } = this.#accounting;
    const joined = this.#stages[0]?.at;
    const [firstSound] = accounts.arrivals;
    this.screen.title('What the other member was sent');
    this.screen.accounts(accounts, joined === undefined || firstSound === undefined ? undefined : firstSound - joined);
    this.screen.title('and what it sounds like');
    this.screen.waveform(this.#envelope);
    if (this.#undecoded > 0) this.screen.faint(`  ${this.#undecoded} packets could not be decoded to PCM, and are not in the WAV file`);
    const where = unwritten?.message ?? `what was heard is in ${wavPath}`;
    if (stop !== undefined) {
      this.screen.verdict(false, `${stop.reason}; ${where}`);
      return stop.status;
    }
    const agreed = new Set(this.#codes.values()).size <= 1;
    const arrived = accounts.sent > 0 && accounts.lost === 0 && accounts.differing === 0 && agreed;
    const good = arrived && unwritten === undefined;
    this.screen.verdict(good, `${arrived ? 'every frame arrived, byte for byte' : 'frames are missing or differ'}; ${where}`);
    return good ? 0 : 1;
  }
}
