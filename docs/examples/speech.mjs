// Speaks text that arrives faster than it plays, can be interrupted, and knows how much of it was heard.
//
//   node docs/examples/speech.mjs
//
// It brings its own voice server, and somebody who interrupts, so it runs without Discord. In your bot, `gateway$` comes from your library
// (`fromDiscordJs(client)` of rxvoice/adapters), and `speech$` from your speech service; the part between the lines stays as it is.
import { createReadStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { concat, concatMap, filter, ignoreElements, interval, merge, of, scan, switchMap, take, takeWhile } from 'rxjs';
import { connectVoice$, useSession } from 'rxvoice';
import { oggOpus, talkSpurts } from 'rxvoice/audio';
import { startVoiceServer } from 'rxvoice/server';

const CALL = { guildId: '100', channelId: '200' };
const BOT = '1';
const TALKER = '2';
const STORY = 'a story of twenty seconds';

const voice = [];
for await (const frame of oggOpus(createReadStream(fileURLToPath(new URL('../../dist/cli/demo/song.opus', import.meta.url))))) voice.push(frame);

/** The service: twenty seconds of speech within one second, or half a second at once. It has no backpressure. */
const speech$ = (text) => (text === STORY ? interval(20).pipe(take(50), concatMap((i) => voice.slice(i * 8, i * 8 + 20))) : of(...voice.slice(0, 25)));

// --- yours ---------------------------------------------------------------------------------------------------------------------------
/** What the model remembers of its own speech: only as much as was heard. */
const history = [];

/** Says a text. Whether it ends or is interrupted, the history says how much of it was heard. */
const say = (session, text) =>
  session.play(speech$(text), {
    whenBehind: 'wait', // or the story would be an error after a minute of it
    onEnd: ({ reason, heard }) => history.push({ text, reason, heard }),
  });

/** Tells the story. A member who starts to speak stops it, and gets an answer afterwards. */
const conversation = (session) =>
  merge(of(undefined), session.receive().pipe(talkSpurts({ hangover: 200, minLength: 100 }))).pipe(
    switchMap((spurt) => (spurt === undefined ? say(session, STORY) : concat(spurt.pipe(ignoreElements()), say(session, 'sorry')))),
  );
// -------------------------------------------------------------------------------------------------------------------------------------

const server = await startVoiceServer({ daveVersion: 1 });

/** Somebody who listens, and interrupts when he has heard half a second. */
let heard = 0;
const talker = connectVoice$(server.gateway(TALKER), { ...CALL, userId: TALKER })
  .pipe(
    switchMap((session) => {
      const story$ = session.receive(BOT).pipe(filter(({ frame }) => frame.length > 3)); // without the silence that ends a play
      return merge(
        story$.pipe(scan((count) => count + 1, 0)),
        story$.pipe(take(25), ignoreElements(), (half$) => concat(half$, session.play(voice.slice(100, 112))), ignoreElements()),
      );
    }),
  )
  .subscribe((count) => (heard = count));

connectVoice$(server.gateway(BOT), { ...CALL, userId: BOT })
  .pipe(useSession((session) => conversation(session).pipe(takeWhile(() => history.length < 2))))
  .subscribe({
    error: (error) => {
      console.error(error.message);
      process.exitCode = 1;
    },
    complete: () => {
      for (const { text, reason, heard: ms } of history) console.log(`${text}: ${reason}, heard ${ms} ms`);
      console.log(`heard at the other end: ${heard * 20} ms`);
    },
  })
  .add(() => {
    talker.unsubscribe();
    void server.close();
  });
