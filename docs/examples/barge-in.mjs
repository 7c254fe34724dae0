// Answers by voice, and can be interrupted: when somebody has spoken, it replies; when somebody speaks again, the reply stops.
//
//   node docs/examples/barge-in.mjs [keep|drop]      an interrupted reply continues where it stopped (default), or starts again
//
// It brings its own voice server, and somebody who interrupts, so it runs without Discord. In your bot, `gateway$` comes from your
// library (`fromDiscordJs(client)` of rxvoice/adapters), the ids from your guild, and `reply` makes the answer; `answering`
// stays as it is.
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  concat,
  defer,
  endWith,
  filter,
  finalize,
  fromEvent,
  ignoreElements,
  last,
  merge,
  mergeAll,
  switchMap,
  take,
  takeUntil,
  tap,
} from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { oggOpus, talkSpurts } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';

const [interrupted = 'keep'] = process.argv.slice(2);
const CALL = { guildId: '100', channelId: '200' };
const BOT = '1';
const TALKER = '2';

const server = await startVoiceServer({ daveVersion: 1 });
const song = [];
for await (const frame of oggOpus(createReadStream(fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url))))) song.push(frame);
const REPLY = song.slice(0, 125);
const seconds = (frames) => `${(frames / 50).toFixed(2)} s`;
const say = (who, what) => console.log(`${who.padEnd(9)}${what}`);

/** What is left to say. An array's iterator has no `return()`: reading can stop, and go on later at the same place. */
let left = REPLY.values();
let said = 0;

/** Says the reply, or the rest of it. */
const reply = (session) =>
  defer(() => {
    say('bot', `speaks from ${seconds(said)}`);
    return session.play(left);
  }).pipe(
    tap({
      next: ({ type }) => {
        if (type === 'sent') said += 1;
        if (type === 'finished') say('bot', `is done at ${seconds(said)}`);
      },
      unsubscribe: () => say('bot', `is interrupted at ${seconds(said)}`),
    }),
    finalize(() => {
      if (said < REPLY.length && interrupted === 'keep') return;
      left = REPLY.values();
      said = 0;
    }),
  );

/** A member who starts to speak stops the current reply; when the member has finished, the reply to it begins. */
const answering = (session) =>
  session.receive().pipe(
    talkSpurts({ hangover: 300, minLength: 100 }), // 100 ms of voice: a click does not interrupt
    switchMap((spurt) =>
      concat(
        spurt.pipe(ignoreElements(), tap({ complete: () => say('bot', `has heard ${spurt.userId}`) })),
        reply(session),
      ),
    ),
  );

/** A member to talk to: speaks, listens for a second, interrupts, and listens to the bot until it ends. */
const somebody$ = connectVoice$(server.gateway(TALKER), { ...CALL, userId: TALKER }).pipe(
  useSession((session) => {
    const heard = [];
    const bot$ = session.receive(BOT).pipe(
      filter(({ frame }) => frame.length > 3), // without the frames of silence that end each play
      tap(({ frame }) => heard.push(frame)),
    );
    const interruption$ = defer(() => {
      const before = heard.length;
      say('somebody', 'interrupts');
      return bot$.pipe(
        takeUntil(session.play(song.slice(300, 340)).pipe(last())),
        finalize(() => say('somebody', `heard ${(heard.length - before) * 20} ms of the reply after he interrupted`)),
      );
    });
    return concat(
      session.play(song.slice(250, 280)),
      bot$.pipe(take(50)),
      interruption$,
      bot$.pipe(talkSpurts(), take(1), mergeAll()),
    ).pipe(
      finalize(() => {
        const whole = Buffer.compare(Buffer.concat(heard), Buffer.concat(REPLY)) === 0;
        say('somebody', `heard ${heard.length} frames${whole ? ': the whole reply, each of them once' : ''}`);
      }),
    );
  }),
);

const stop$ = merge(fromEvent(process, 'SIGINT'), somebody$.pipe(ignoreElements(), endWith('he has left')));

connectVoice$(server.gateway(BOT), { ...CALL, userId: BOT })
  .pipe(useSession((session) => answering(session).pipe(takeUntil(stop$))))
  .subscribe({
    error: (error) => {
      console.error(error.message);
      process.exitCode = 1;
      void server.close();
    },
    complete: () => void server.close(),
  });
