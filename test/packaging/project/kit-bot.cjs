/** A bot and its tests, the same for every runner. `test` is the runner's function; the modules are passed in as the runner loads them. */
module.exports = function kitTests(test, { voiceTest, testFrames, VIRTUAL_IDS, TimelineError }, { connectVoice$, useSession }, { ignoreElements }) {
  const bot = (voice, frames) => connectVoice$(voice.gateway, VIRTUAL_IDS, voice.options).pipe(useSession((session) => session.play(testFrames(frames))), ignoreElements());
  const deeds = { j: 'joins 20 of guild 10', l: 'leaves guild 10' };

  test('a bot plays, and leaves', () =>
    voiceTest(({ voice, expectObservable }) => {
      expectObservable(voice.deeds$).toBe('j 119ms l', deeds);
      expectObservable(voice.heard$).toBe('60ms a 19ms b 19ms c', { a: 'frame 0', b: 'frame 1', c: 'frame 2' });
      expectObservable(bot(voice, 3)).toBe('120ms |');
    }));

  test('a wrong bot is told apart from it', () => {
    let told;
    try {
      voiceTest(({ voice, expectObservable }) => {
        expectObservable(voice.deeds$).toBe('j 119ms l', deeds);
        expectObservable(bot(voice, 4)).toBe('140ms |');
      });
    } catch (error) {
      told = error;
    }
    if (!(told instanceof TimelineError) || !told.message.startsWith("l = 'leaves guild 10', expected at 120 ms, came 20 ms late")) throw told ?? new Error('not told');
  });

  test('a session that nobody leaves comes to an end', () =>
    voiceTest(({ voice, expectObservable }) => {
      expectObservable(connectVoice$(voice.gateway, VIRTUAL_IDS, voice.options)).toBe('60ms s', { s: expectAnything });
    }));

  // The runner's output for a failing test is checked, too.
  if (process.env.RXVOICE_FAIL === '1') {
    test('a bot plays longer than it is expected to', () =>
      voiceTest(({ voice, expectObservable }) => {
        expectObservable(voice.heard$).toBe('60ms a 19ms b', { a: 'frame 0', b: 'frame 1' });
        expectObservable(bot(voice, 3)).toBe('120ms |');
      }));
  }
};

/** Like the asymmetric matchers of vitest and jest, which node:test and mocha do not have. */
const expectAnything = { asymmetricMatch: (value) => value !== undefined };
