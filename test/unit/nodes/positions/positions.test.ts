/** Where a song continues when both its node and the bot's process are gone, and when it does not continue. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FrameDescription } from '../../../../src/frames/description.js';
import { CHECKPOINT_MS, KEEP_MS, LEASE_MS, pass, Scene, song, type SceneHome, type SceneNode } from './scene.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

/** A song that has played for so long on one node, and a second node. */
async function playing(ms: number, description = song()): Promise<{ scene: Scene; a: SceneNode; b: SceneNode; bot: SceneHome }> {
  const scene = new Scene();
  const [a, b] = [await scene.node('a'), await scene.node('b')];
  const bot = a.home('p1');
  await pass(200);
  bot.play(description);
  await pass(ms);
  return { scene, a, b, bot };
}

/** Node and process die. The next process comes at once, and plays as soon as it may. Returns the frames heard before, and the process. */
async function bothDie({ scene, a, b, bot }: Awaited<ReturnType<typeof playing>>, description: FrameDescription | undefined, whose: Parameters<SceneNode['home']>[1] = {}): Promise<{ before: number; next: SceneHome }> {
  a.kill();
  bot.vanish();
  const before = scene.at;
  const next = b.home('p2', whose);
  await pass(LEASE_MS + 1_500);
  expect(next.given()).toBe(true);
  next.play(description);
  await pass(100);
  return { before, next };
}

/** The next process of the bot comes to this node and plays the same song. */
async function plays(node: SceneNode): Promise<void> {
  const next = node.home('p2');
  await pass(500);
  next.play(song());
  await pass(100);
}

/** Position of the first frame heard after `frames` frames. */
const goesOnAt = (scene: Scene, frames: number): number | undefined => scene.heard[frames];

describe('node and process die at once', () => {
  it('the song goes on at the last checkpoint: nothing is lost, and no more is repeated than was played since', async () => {
    const stage = await playing(7_300);
    const frames = stage.scene.heard.length;
    const { before } = await bothDie(stage, song());
    const at = goesOnAt(stage.scene, frames)!;
    expect(at).toBeGreaterThan(before - CHECKPOINT_MS);
    expect(at).toBeLessThanOrEqual(before + 20);
  });

  it('whenever they do', async () => {
    for (let ms = 3_000; ms < 4_100; ms += 130) {
      const stage = await playing(ms);
      const frames = stage.scene.heard.length;
      const { before } = await bothDie(stage, song());
      const repeated = before + 20 - goesOnAt(stage.scene, frames)!;
      expect([ms, repeated >= 0, repeated <= CHECKPOINT_MS + 20]).toEqual([ms, true, true]);
      vi.clearAllTimers();
    }
  });

  it('the listener is told where in his own source that is, and all frames of it at its end', async () => {
    const stage = await playing(20_000);
    const frames = stage.scene.heard.length;
    const { next } = await bothDie(stage, song(1_000));
    const at = goesOnAt(stage.scene, frames)!;
    expect(next.told[0]).toEqual({ type: 'started' });
    expect(next.told[1]).toMatchObject({ type: 'sent', position: at - 1_000 });
    await pass(60_000);
    // The frames before the checkpoint, and those since.
    expect(next.told.at(-1)).toEqual({ type: 'finished', frames: 60_000 / 20, heard: 60_000 - at });
  });

  it('and again: the position of the first time is written down by who has gone on', async () => {
    const stage = await playing(7_000);
    const { next } = await bothDie(stage, song());
    await pass(3_000);
    const c = await stage.scene.node('c');
    const frames = stage.scene.heard.length;
    const before = stage.scene.at;
    stage.b.kill();
    next.vanish();
    const third = c.home('p3');
    await pass(LEASE_MS + 1_500);
    third.play(song());
    await pass(100);
    expect(before + 20 - goesOnAt(stage.scene, frames)!).toBeLessThanOrEqual(CHECKPOINT_MS + 20);
    expect(before).toBeGreaterThan(9_000);
  });

  it('also where the next node dies with the next process before that has played', async () => {
    const { scene, a, b, bot } = await playing(7_000);
    a.kill();
    bot.vanish();
    const [before, frames] = [scene.at, scene.heard.length];
    const second = b.home('p2');
    await pass(LEASE_MS + 3_000);
    b.kill();
    second.vanish();
    const third = (await scene.node('c')).home('p3');
    await pass(LEASE_MS + 1_500);
    third.play(song());
    await pass(100);
    expect(before + 20 - goesOnAt(scene, frames)!).toBeLessThanOrEqual(CHECKPOINT_MS + 20);
  });

  it('also where the process died later than the node, and has not played on the next one', async () => {
    const { scene, a, b, bot } = await playing(7_000);
    a.kill();
    const [before, frames] = [scene.at, scene.heard.length];
    const moved = b.home('p1');
    await pass(LEASE_MS + 1_500);
    expect(moved.given()).toBe(true);
    bot.vanish();
    moved.vanish();
    const next = b.home('p2');
    next.play(song());
    await pass(100);
    expect(before + 20 - goesOnAt(scene, frames)!).toBeLessThanOrEqual(CHECKPOINT_MS + 20);
    expect(next.log).toEqual([]);
  });

  it('also where the next node has not heard that the session is its own', async () => {
    const { scene, a, b, bot } = await playing(7_000);
    a.kill();
    bot.vanish();
    const [before, frames] = [scene.at, scene.heard.length];
    const next = b.home('p2');
    b.unheard.add('update sessions');
    while (!b.asked.includes('update sessions')) await pass(10);
    b.unheard.clear();
    while (!next.given()) await pass(10);
    next.play(song());
    await pass(100);
    expect(before + 20 - goesOnAt(scene, frames)!).toBeLessThanOrEqual(CHECKPOINT_MS + 20);
  });

  it.each([
    ['another source', song(0, 'https://example.org/b'), {}],
    ['what is read by the bot', undefined, {}],
    ['another guild', song(), { guildId: '3' }],
    ['another bot', song(), { bot: '4' }],
  ])('begins where it says: %s', async (_, description, whose) => {
    const stage = await playing(7_000);
    const frames = stage.scene.heard.length;
    const { next } = await bothDie(stage, description, whose);
    expect(next.log).toEqual([]);
    expect(goesOnAt(stage.scene, frames)).toBe(0);
  });

  it('only the first play goes on: the second begins where it says', async () => {
    const stage = await playing(7_000);
    const { next } = await bothDie(stage, song(0, 'https://example.org/jingle'));
    const frames = stage.scene.heard.length;
    next.play(song());
    await pass(100);
    expect(stage.scene.heard.slice(frames)).toContain(0);
  });

  it('too long ago: begins where it says', async () => {
    const { scene, a, b, bot } = await playing(7_000);
    a.kill();
    bot.vanish();
    const frames = scene.heard.length;
    await pass(KEEP_MS + LEASE_MS + CHECKPOINT_MS + 1_000);
    const next = b.home('p2');
    await pass(1_000);
    next.play(song());
    await pass(100);
    expect(goesOnAt(scene, frames)).toBe(0);
  });

  it('nothing is written down of what is not to be kept, or where checkpoints are off', async () => {
    const scene = new Scene();
    const [a, off] = [await scene.node('a'), await scene.node('off', { checkpoint: 0 })];
    const [fleeting, kept] = [a.home('p1', { keep: 0 }), off.home('p1', { guildId: '3' })];
    await pass(200);
    fleeting.play(song());
    kept.play(song());
    await pass(7_000);
    expect(scene.positions.keys).toEqual([]);
    await off.end();
    await a.end();
    await pass(100);
    expect([scene.positions.keys, scene.sessions.keys]).toEqual([[], []]);
  });
});

describe('the process lives', () => {
  it('it knows better where its song was, and nothing is read', async () => {
    const { scene, a, b } = await playing(7_300);
    a.kill();
    const moved = b.home('p1');
    await pass(LEASE_MS + 1_500);
    const frames = scene.heard.length;
    moved.play({ ...song(6_000), goesOn: true });
    await pass(100);
    expect(goesOnAt(scene, frames)).toBe(6_000);
    expect(b.asked.filter((what) => what === 'get positions')).toEqual([]);
  });

  it('also one that follows what it found, though its node dies before that is written down', async () => {
    const { scene, a, b, bot } = await playing(7_300);
    bot.vanish();
    const second = a.home('p2');
    a.unanswered.add('update positions');
    second.play(song());
    await pass(60);
    const position = second.told.at(-1) as { readonly position: number };
    a.kill();
    const moved = b.home('p2');
    await pass(LEASE_MS + 1_500);
    const frames = scene.heard.length;
    moved.play({ ...song(position.position), goesOn: true });
    await pass(100);
    expect(goesOnAt(scene, frames)).toBe(position.position);
  });

  it('also one that has heard nothing yet of what it plays anew', async () => {
    const { scene, a, b, bot } = await playing(7_300);
    bot.vanish();
    const second = a.home('p2');
    second.play(song()).unsubscribe();
    second.play(song());
    await pass(700);
    a.kill();
    const moved = b.home('p2');
    await pass(LEASE_MS + 1_500);
    const frames = scene.heard.length;
    moved.play(song());
    await pass(100);
    expect(goesOnAt(scene, frames)).toBe(0);
  });

  it.each(['plays', 'session'] as const)('it has left (%s first): nothing of the song is there for the next', async (first) => {
    const { scene, a, b, bot } = await playing(7_000);
    bot.leave(first);
    await pass(CHECKPOINT_MS);
    expect([scene.positions.keys, scene.sessions.keys]).toEqual([[], []]);
    a.kill();
    const frames = scene.heard.length;
    const next = b.home('p2');
    await pass(LEASE_MS + 1_500);
    next.play(song());
    await pass(100);
    expect(goesOnAt(scene, frames)).toBe(0);
  });

  it('it has left and come back to the same node, which dies before it has written that down: what is of before is not taken for it', async () => {
    const { scene, a, b, bot } = await playing(7_000);
    a.network.state = 'cut';
    bot.leave();
    a.network.state = 'up';
    // The entry of the positions is unchanged: the node died at that moment.
    const stale = scene.positions.get('a')!;
    const again = a.home('p1');
    await pass(700);
    a.kill();
    again.vanish();
    const now = scene.positions.get('a');
    scene.positions.put('a', stale.value, 'PUT', now?.operation === 'PUT' ? now.revision : undefined);
    const frames = scene.heard.length;
    const next = b.home('p2');
    await pass(LEASE_MS + 1_500);
    next.play(song());
    await pass(100);
    expect(goesOnAt(scene, frames)).toBe(0);
  });

  it('it has not come back in time: nothing is left', async () => {
    const { scene, bot } = await playing(3_000);
    bot.vanish();
    await pass(KEEP_MS + CHECKPOINT_MS);
    expect([scene.positions.keys, scene.sessions.keys]).toEqual([[], []]);
  });

  it('its song has ended: the next process plays the same from its begin', async () => {
    const stage = await playing(61_000);
    expect(stage.bot.told.at(-1)).toMatchObject({ type: 'finished', frames: 3_000 });
    await pass(CHECKPOINT_MS);
    expect(stage.scene.positions.keys).toEqual([]);
    const frames = stage.scene.heard.length;
    await bothDie(stage, song());
    expect(goesOnAt(stage.scene, frames)).toBe(0);
  });
});

describe('a node that drains', () => {
  it('while the bot is away leaves where the song was: it goes on there, to the frame', async () => {
    const { scene, a, b, bot } = await playing(7_340);
    bot.vanish();
    await pass(1_000);
    await a.drain();
    const [before, frames] = [scene.at, scene.heard.length];
    await pass(3_000);
    expect(scene.positions.keys).toEqual([]);
    await plays(b);
    expect(goesOnAt(scene, frames)).toBe(before + 20);
  });

  it('the same where it ends at once', async () => {
    const { scene, a, b, bot } = await playing(7_340);
    bot.vanish();
    await a.end();
    const [before, frames] = [scene.at, scene.heard.length];
    await plays(b);
    expect(goesOnAt(scene, frames)).toBe(before + 20);
  });

  it('with the bot there: it is told, and when it dies before it plays elsewhere, the next goes on at the frame', async () => {
    const { scene, a, b, bot } = await playing(7_340);
    const drained = a.drain();
    expect(bot.errors).toEqual(['SessionMoved']);
    const [before, frames] = [scene.at, scene.heard.length];
    bot.vanish();
    await pass(6_000);
    await drained;
    await plays(b);
    expect(goesOnAt(scene, frames)).toBe(before + 20);
  });

  it('and one that lets go of it and lives on: the same, and writes it down no more', async () => {
    const { scene, a, b, bot } = await playing(7_340);
    const gone = a.give();
    await pass(0);
    expect(bot.errors).toEqual(['SessionMoved']);
    const [before, frames] = [scene.at, scene.heard.length];
    bot.vanish();
    await pass(6_000);
    expect(await gone).toBe(true);
    expect(scene.positions.keys).toEqual([]);
    await plays(b);
    expect(goesOnAt(scene, frames)).toBe(before + 20);
  });

  it.each(['plays', 'session'] as const)('what is left as it drains is left (%s first)', async (first) => {
    const scene = new Scene();
    const a = await scene.node('a');
    const bot = a.home('p1');
    await pass(200);
    bot.play(song());
    await pass(3_000);
    a.positions.drain();
    bot.leave(first);
    await pass(100);
    expect(scene.sessions.keys).toEqual([]);
  });

  it('what was left too long ago is of no use', async () => {
    const { scene, a, b, bot } = await playing(7_340);
    bot.vanish();
    await a.end();
    const frames = scene.heard.length;
    await pass(KEEP_MS + LEASE_MS + CHECKPOINT_MS + 1_000);
    await plays(b);
    expect(goesOnAt(scene, frames)).toBe(0);
  });
});

describe('what is not to be trusted', () => {
  const values: readonly [string, string, RegExp][] = [
    ['no JSON', 'not { json', /not JSON/],
    ['of another version', '{"v":2,"positions":{}}', /version 1: have the same rxvoice/],
    ['without positions', '{"v":1}', /no positions/],
    ['with one that is none', '{"v":1,"positions":{"1.2":[1,"p1","s",-5,0,1000]}}', /is none/],
    ['no object', '7', /no object/],
  ];

  it.each(values)('a checkpoint that is %s: the song begins, and the log says so', async (_, text, reason) => {
    const stage = await playing(7_000);
    stage.scene.positions.put('a', new TextEncoder().encode(text), 'PUT', stage.scene.positions.get('a')!.revision);
    const frames = stage.scene.heard.length;
    const { next } = await bothDie(stage, song());
    expect(goesOnAt(stage.scene, frames)).toBe(0);
    expect(next.log).toEqual([expect.stringMatching(reason)]);
  });

  it.each([
    ['{"v":1,"left":["p1","s"]}', /no position/],
    ['{"v":3,"left":["p1","s",0,0,1000]}', /version 1/],
  ])('a session that was given back with %s: the same', async (text, reason) => {
    const scene = new Scene();
    scene.sessions.put('1.2', new TextEncoder().encode(text), 'PUT', undefined);
    const next = (await scene.node('b')).home('p2');
    await pass(500);
    next.play(song());
    await pass(100);
    expect(scene.heard[0]).toBe(0);
    expect(next.log).toEqual([expect.stringMatching(reason)]);
  });

  it('a node that was stopped, and goes on when others have its songs, writes nothing over theirs', async () => {
    const stage = await playing(7_000);
    const { scene, a, b, bot } = stage;
    // Its requests are lost, and it continues to play, because its clock stands still.
    a.network.state = 'cut';
    bot.vanish();
    const next = b.home('p2');
    await pass(LEASE_MS + 1_500);
    next.play(song());
    await pass(2_500);
    const written = scene.positions.get('a')!.revision;
    a.network.state = 'up';
    await pass(5_000);
    expect(scene.positions.get('a')!.revision).toBe(written);
    expect(JSON.parse(new TextDecoder().decode(scene.sessions.get('1.2')!.value))).toEqual({ node: 'b', process: 'p2' });
    expect(new TextDecoder().decode(scene.positions.get('b')!.value)).toContain('"p2"');
  });
});

describe('what it costs', () => {
  it('a session that nobody has left anything of: no request more than its claim', async () => {
    const scene = new Scene();
    const a = await scene.node('a');
    const bot = a.home('p1');
    await pass(500);
    bot.play(song());
    await pass(20);
    expect(a.asked).toEqual(['get sessions', 'create sessions', 'create positions']);
  });

  it('twenty songs: one write each interval, and one more where something happens', async () => {
    const scene = new Scene();
    const a = await scene.node('a');
    const bots = Array.from({ length: 20 }, (_, i) => a.home('p1', { guildId: String(100 + i) }));
    await pass(500);
    for (const bot of bots) bot.play(song());
    await pass(CHECKPOINT_MS * 2);
    const before = a.asked.length;
    await pass(CHECKPOINT_MS * 5);
    expect(a.asked.slice(before)).toEqual(Array.from({ length: 5 }, () => 'update positions'));
    bots[0]!.leave();
    await pass(CHECKPOINT_MS / 5 + 10);
    expect(a.asked.slice(before + 5).filter((what) => what.endsWith('positions'))).toEqual(['update positions']);
  });

  it('the sessions of a node that has died: one read of what it had written for all of them', async () => {
    const scene = new Scene();
    const [a, b] = [await scene.node('a'), await scene.node('b')];
    const bots = Array.from({ length: 20 }, (_, i) => a.home('p1', { guildId: String(100 + i) }));
    await pass(500);
    for (const bot of bots) bot.play(song());
    await pass(5_000);
    a.kill();
    for (const bot of bots) bot.vanish();
    for (let i = 0; i < 20; i += 1) b.home('p2', { guildId: String(100 + i) });
    await pass(LEASE_MS + 1_500);
    expect(b.asked.filter((what) => what === 'get positions')).toHaveLength(1);
  });

  it('what does not fit is left out, and its log says so once', async () => {
    const scene = new Scene();
    const a = await scene.node('a', { maxPayload: 1_400 });
    const bots = Array.from({ length: 10 }, (_, i) => a.home('p1', { guildId: String(100 + i) }));
    await pass(500);
    for (const bot of bots) bot.play(song());
    await pass(CHECKPOINT_MS * 4);
    const { value } = scene.positions.get('a')!;
    expect(value.length).toBeLessThanOrEqual(1_400 - 1_024);
    const written = Object.keys((JSON.parse(new TextDecoder().decode(value)) as { positions: object }).positions).length;
    expect(written).toBeGreaterThan(2);
    expect(bots.map(({ log }) => log.length).sort()).toEqual(Array.from({ length: 10 }, (_, i) => Number(i >= written)));
    expect(bots.at(-1)!.log[0]).toMatch(/max_payload/);
  });

  it('no URL, no path and no token is written', async () => {
    const { scene } = await playing(3_000);
    const text = [scene.positions.get('a')!, scene.sessions.get('1.2')!].map(({ value }) => new TextDecoder().decode(value)).join('');
    expect(text).toContain('1.2');
    for (const secret of ['secret', 'hush', 'example', 'https']) expect(text).not.toContain(secret);
  });
});

describe('the read of what was left', () => {
  it('is asked for again where it is not answered', async () => {
    const { scene, a, b, bot } = await playing(7_000);
    a.kill();
    bot.vanish();
    const [before, frames] = [scene.at, scene.heard.length];
    const next = b.home('p2');
    b.unanswered.add('get positions');
    while (!b.asked.includes('get positions')) await pass(1);
    b.unanswered.clear();
    await pass(100);
    next.play(song());
    await pass(300);
    expect(b.asked.filter((what) => what === 'get positions')).toHaveLength(2);
    expect(before + 20 - goesOnAt(scene, frames)!).toBeLessThanOrEqual(CHECKPOINT_MS + 20);
    expect(next.log).toEqual([]);
  });

  it('that is never answered lets the song begin where it says, and the log says why', async () => {
    const { scene, a, b, bot } = await playing(7_000);
    a.kill();
    bot.vanish();
    const frames = scene.heard.length;
    const next = b.home('p2');
    b.unanswered.add('get positions');
    while (!next.given()) await pass(10);
    next.play(song());
    await pass(800);
    expect(goesOnAt(scene, frames)).toBe(0);
    expect(next.log).toEqual([expect.stringContaining('did not answer')]);
  });

  it('is let go of by who does not wait for it: nothing is played for nobody', async () => {
    const { scene, a, b, bot } = await playing(7_000);
    a.kill();
    bot.vanish();
    const frames = scene.heard.length;
    const next = b.home('p2');
    b.unanswered.add('get positions');
    while (!next.given()) await pass(10);
    const play = next.play(song());
    await pass(10);
    play.unsubscribe();
    b.unanswered.clear();
    await pass(2_000);
    expect(b.asked.filter((what) => what === 'get positions').length).toBeGreaterThan(1);
    expect(scene.heard.length).toBe(frames);
    expect(next.told).toEqual([]);
  });
});
