/** What `serve` and `record` show for the events they receive. */
import { describe, expect, it } from 'vitest';
import { SILENCE_FRAME } from '../../../src/index.js';
import type { RecordedFile } from '../../../src/audio/index.js';
import { recordScreen, recordText } from '../../../src/cli/record/screen.js';
import type { RecordFact } from '../../../src/cli/record/record.js';
import { CallBook } from '../../../src/cli/serve/call-book.js';
import type { ToldEvent } from '../../../src/cli/serve/serve.js';
import { channelLines, factText, serveScreen } from '../../../src/cli/serve/screen.js';
import { columnsOf } from '../../../src/cli/terminal/text.js';
import type { ServerEvent, ServerPacket } from '../../../src/server/index.js';

const ABOUT = { guildId: '100', channelId: '200', at: 0 };
const joined = (userId: string, channelId = '200'): ServerEvent => ({ ...ABOUT, type: 'joined', userId, channelId });
const packet = (userId: string, payload: Uint8Array, arrival: number): ServerPacket => ({ ...ABOUT, userId, payload, arrival, ssrc: 1, sequence: 1, timestamp: 1, marker: false });
const SOUND = Uint8Array.of(0xf8, 1, 2, 3);

describe('the book of calls', () => {
  it('knows who is in which channel, and who is connected', () => {
    const book = new CallBook();
    for (const event of [joined('1'), joined('2'), joined('3', '300')]) book.event(event);
    book.event({ ...ABOUT, type: 'select', userId: '1', mode: 'aead_aes256_gcm_rtpsize', address: '127.0.0.1', port: 1 });
    book.event({ ...ABOUT, type: 'moved', userId: '2', channelId: '300' });
    book.event({ ...ABOUT, type: 'left', userId: '3', channelId: '300' });
    const entry = { speaking: false, packets: 0 };
    expect(book.channels).toEqual([
      { guildId: '100', channelId: '200', members: [{ ...entry, userId: '1', connected: true }] },
      { guildId: '100', channelId: '300', members: [{ ...entry, userId: '2', connected: false }] },
    ]);
    book.event({ ...ABOUT, type: 'session-ended', userId: '1', ssrc: 1 });
    expect(book.channels[0]!.members[0]!.connected).toBe(false);
  });

  it('knows who speaks: from the first packet of sound to one of silence, or none for a while', () => {
    const book = new CallBook();
    book.event(joined('1'));
    const change = { type: 'speaking', guildId: '100', channelId: '200', userId: '1' };
    expect(book.packet(packet('1', SOUND, 0))).toEqual({ ...change, speaking: true });
    expect(book.packet(packet('1', SOUND, 20))).toBeUndefined();
    expect(book.packet(packet('1', SILENCE_FRAME, 40))).toEqual({ ...change, speaking: false });
    expect(book.packet(packet('1', SILENCE_FRAME, 60))).toBeUndefined();
    expect(book.packet(packet('1', SOUND, 80))).toEqual({ ...change, speaking: true });
    expect(book.quiet(300)).toEqual([]);
    expect(book.quiet(331)).toEqual([{ ...change, speaking: false }]);
    expect(book.quiet(600)).toEqual([]);
    expect(book.channels[0]!.members[0]).toMatchObject({ packets: 3, speaking: false });
  });

  it('takes no notice of who is not there', () => {
    const book = new CallBook();
    expect(book.packet(packet('9', SOUND, 0))).toBeUndefined();
    book.event({ ...ABOUT, type: 'bad-command', userId: null });
    expect(book.channels).toEqual([]);
  });
});

describe('the screen of serve', () => {
  it('fits terminals from 20 columns on', () => {
    const book = new CallBook();
    for (let user = 0; user < 3; user++) book.event(joined(String(111_111_111_111_111_111n * BigInt(user + 1))));
    book.packet(packet('111111111111111111', SOUND, 0));
    for (let room = 19; room < 120; room++) {
      for (const line of channelLines(book.channels, room, true)) expect(columnsOf(line), line).toBeLessThanOrEqual(room);
    }
    expect(channelLines([], 80, false)).toEqual(['nobody is here']);
    expect(channelLines(book.channels, 80, false)[1]).toMatch(/^ {2}● {2}111111111111111111 {2}speaks/);
  });

  it('is lines where there is no terminal, and says there who speaks', () => {
    let text = '';
    const screen = serveScreen({ write: (part) => (text += part) }, false, () => '12:00:00');
    screen.tell({ type: 'listening', gateway: 'ws://127.0.0.1:1', voice: 'ws://localhost:2', encrypted: true });
    screen.tell(joined('1') as ToldEvent);
    screen.tell({ type: 'speaking', guildId: '100', channelId: '200', userId: '1', speaking: true });
    expect(text).toContain('rxvoice play --gateway ws://127.0.0.1:1 FILE\n');
    expect(text).toContain('12:00:00  user 1 joins channel 200 of guild 100\n12:00:00  user 1 begins to speak\n');
    expect(text).not.toMatch(/[\x1b\r]/);
  });

  it('has no words for what only happens inside', () => {
    expect(factText({ ...ABOUT, type: 'dave', userId: '1', event: { type: 'version', version: 1 } })).toBeUndefined();
    expect(factText({ type: 'bad-command', guildId: null, userId: null, at: 0 })).toBe('somebody sent something other than op 4');
  });
});

describe('the screen of record', () => {
  const file: RecordedFile = { kind: 'user-ogg', userId: '5', ssrc: 1, part: 1 };
  const counts = { packets: 50, lost: 0, late: 0, concealed: 0, dropped: 0 };
  const FACTS: readonly RecordFact[] = [
    { type: 'place', where: 'embedded', because: 'no token', guildId: '1', channelId: '2', userId: '3' },
    { type: 'health', ready: true, status: 'ready', reason: null, e2ee: 'secure' },
    { ...file, type: 'file-opened', path: 'recordings/5.ogg', startMs: 0 },
    { ...file, type: 'progress', path: 'recordings/5.ogg', durationMs: 61_000, bytes: 1_234_567, queuedBytes: 0 },
    { ...file, type: 'dropped', reason: 'slow-disk', packets: 3 },
    { ...file, ...counts, lost: 2, type: 'file-closed', path: 'recordings/5.ogg', startMs: 0, durationMs: 62_000, bytes: 1_300_000 },
  ];

  it('says what became of each file', () => {
    expect(FACTS.map((fact) => recordText(fact, false))).toEqual([
      'on an embedded server, in this process: DISCORD_TOKEN is not set',
      undefined,
      'recording recordings/5.ogg (user 5)',
      undefined,
      '3 packets are not recorded: slow-disk',
      '✔ recordings/5.ogg: 1:02, 1.3 MB, 2 packets lost',
    ]);
  });

  it('draws how far the recording is, second by second, in the room that there is', () => {
    let text = '';
    const screen = recordScreen({ isTTY: true, columns: 20, write: (part) => (text += part) }, false);
    FACTS.slice(0, 3).forEach((fact) => screen.tell(fact));
    for (const durationMs of [0, 999, 1_000, 9_999, 10_000, 59_999, 60_000])
      screen.tell({ ...file, type: 'progress', path: 'recordings/5.ogg', durationMs, bytes: 0, queuedBytes: 0 });
    // Unchanged content is not drawn again.
    const drawn = text.split(/\x1b\[\d*A|\x1b\[J|\r|\n/).filter((line) => line.startsWith('●'));
    expect(drawn.map((line) => line.slice(0, 6)).slice(-6)).toEqual(['● 0:00', '● 0:01', '● 0:09', '● 0:10', '● 0:59', '● 1:00']);
  });

  it('has a status line that stays on its line, from 20 columns on', () => {
    for (let columns = 20; columns < 120; columns++) {
      let text = '';
      const screen = recordScreen({ isTTY: true, columns, write: (part) => (text += part) }, true);
      FACTS.slice(0, 4).forEach((fact) => screen.tell(fact));
      const status = text.replace(/\x1b\[\d*[AJ]|\r/g, '').trimEnd().split('\n').at(-1)!;
      expect(status).toContain('1:01');
      expect(columnsOf(status), status).toBeLessThan(columns);
    }
  });
});
