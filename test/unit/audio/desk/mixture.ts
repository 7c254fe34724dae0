/** The mixture of a desk before the limiter and the encoder: exact, unlike packets. */
import { createOpusDecoder, type DeskCommand, type DeskNews } from '../../../../src/audio/index.js';
import { obey } from '../../../../src/audio/desk/obey.js';
import { Roster } from '../../../../src/audio/desk/tracks/roster.js';
import { FRAME, settled } from './stage.js';

export class Mixture {
  readonly roster = new Roster();
  readonly frames: Float32Array[] = [];
  /** The news of each frame. */
  readonly news: DeskNews[][] = [];
  /** The news of the next frame. */
  #news: DeskNews[] = [];
  /** Called immediately. */
  onNews: (news: DeskNews) => void = () => undefined;
  #ids = 0;

  do(...commands: readonly DeskCommand[]): this {
    const tell = (news: DeskNews): void => {
      this.#news.push(news);
      this.onNews(news);
    };
    const host = { codec: createOpusDecoder, readAhead: 24_000, positionEvery: 48_000_000, duck: {}, wake: () => undefined, tell };
    for (const command of commands) {
      try {
        obey(this.roster, command, host, () => `track-${(this.#ids += 1)}`);
      } catch (error) {
        tell({ type: 'ignored', command, error });
      }
    }
    return this;
  }

  /** So many frames more; each is made when all pending input has arrived. */
  async play(frames = 1): Promise<this> {
    for (let i = 0; i < frames; i++) {
      await settled();
      const frame = new Float32Array(2 * FRAME);
      this.roster.prepare();
      this.roster.compose(frame);
      this.frames.push(frame);
      this.news.push(this.#news);
      this.#news = [];
    }
    return this;
  }

  /** Frames until no track is left. */
  async toEnd(most = 2_000): Promise<this> {
    while (this.roster.size > 0 && most-- > 0) await this.play();
    return this;
  }

  /** The left channel of all frames. */
  get left(): Float32Array {
    const { all } = this;
    const left = new Float32Array(all.length / 2);
    for (let i = 0; i < left.length; i++) left[i] = all[2 * i]!;
    return left;
  }

  get all(): Float32Array {
    const all = new Float32Array(this.frames.length * 2 * FRAME);
    this.frames.forEach((frame, i) => all.set(frame, i * 2 * FRAME));
    return all;
  }

  told(...types: readonly DeskNews['type'][]): string[] {
    return this.news.flatMap((news, frame) =>
      news.filter(({ type }) => types.length === 0 || types.includes(type)).map((one) => `${frame} ${one.type} ${'id' in one ? one.id : ''}`),
    );
  }
}
