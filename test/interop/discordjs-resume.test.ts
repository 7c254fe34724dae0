/** A lost WebSocket: our server resumes the session of another library as well as our own. */
import { describe, expect, it } from 'vitest';
import { filter, firstValueFrom, map, skip, take, toArray } from 'rxjs';
import { testFrames } from '../../src/testing/test-frames.js';
import { ProcessTime } from '../support/process-time.js';
import { audioOf, DJS_USER, firstFrames, hex, nextEvent, payloads, RX_USER, stages } from './stage.js';

const FRAMES = 150;
/** How many frames are heard before the socket breaks. */
const BEFORE = 50;
const stage = stages();

describe('a dropped WebSocket', () => {
  it('is resumed by @discordjs/voice, and its audio goes on', async () => {
    const { server, joinDjs } = await stage();
    const djs = await joinDjs();
    const frames = testFrames(FRAMES).map(hex);
    const resumed = nextEvent(server, 'resume', DJS_USER);
    const heard: string[] = [];
    const last = new Promise<void>((resolve) => {
      payloads(audioOf(server, DJS_USER)).subscribe((frame) => {
        heard.push(hex(frame));
        if (heard.length === BEFORE) server.faults.dropSocket(DJS_USER);
        if (hex(frame) === frames.at(-1)) resolve();
      });
    });
    const ssrcs = firstValueFrom(
      audioOf(server, DJS_USER).pipe(
        map(({ ssrc }) => ssrc),
        take(BEFORE + 50),
        toArray(),
      ),
    );
    await djs.play(testFrames(FRAMES));
    await Promise.all([last, resumed]);
    // At most the frame that djs had ready when the socket broke is lost; the song itself waits for the resume.
    expect(frames.filter((frame) => !heard.includes(frame)).length).toBeLessThanOrEqual(1);
    expect(heard).toEqual(frames.filter((frame) => heard.includes(frame)));
    expect(new Set(await ssrcs).size).toBe(1);
    await djs.ready();
  });

  it('is resumed by rxvoice, whose audio does not stop for it', async ({ onTestFinished }) => {
    const time = new ProcessTime();
    onTestFinished(() => time.stop());
    const { server, joinRx } = await stage(time.options);
    const session = await joinRx(time.options);
    const frames = testFrames(FRAMES);
    const resumed = nextEvent(server, 'resume', RX_USER);
    const states = firstValueFrom(
      session.state$.pipe(
        skip(1),
        map(({ status }) => status),
        take(2),
        toArray(),
      ),
    );
    const heard = firstFrames(payloads(audioOf(server, RX_USER)), FRAMES);
    audioOf(server, RX_USER).pipe(skip(BEFORE), take(1)).subscribe(() => server.faults.dropSocket(RX_USER));
    const packets = firstValueFrom(audioOf(server, RX_USER).pipe(take(FRAMES), toArray()));
    const events = await firstValueFrom(
      session.play(frames).pipe(
        filter(({ type }) => type !== 'sent'),
        toArray(),
      ),
    );
    await resumed;
    expect(await heard).toEqual(frames.map(hex));
    expect(await states).toEqual(['resuming', 'ready']);
    expect(events.map(({ type }) => type)).toEqual(['started', 'finished']);
    const stamps = (await packets).map(({ timestamp }) => timestamp);
    // No sample is skipped.
    expect(new Set(stamps.slice(1).map((stamp, i) => (stamp - stamps[i]!) >>> 0))).toEqual(new Set([960]));
  });
});
