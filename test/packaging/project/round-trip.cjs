/**
 * The test for each runtime, bundler and runner: an encrypted call of two members on the embedded server, over real sockets, and
 * sixty frames from one to the other, byte for byte; then the Opus codec. It uses every part of the package that loads something
 * at run time. The modules are passed in, so that each way to load them gets the same test.
 *
 * @returns how many of the frames were heard unchanged
 */
module.exports = async function roundTrip({ rxjs, rxvoice, audio, server, testing }) {
  const { combineLatest, filter, firstValueFrom, lastValueFrom, map, ReplaySubject, Subject, take, takeUntil, toArray } = rxjs;
  const hex = (bytes) => Buffer.from(bytes).toString('hex');
  const host = await server.startVoiceServer({ daveVersion: 1 });
  const leave$ = new Subject();
  const join = (userId) => {
    const session$ = new ReplaySubject(1);
    const ids = { guildId: '1', channelId: '2', userId };
    rxvoice.connectVoice$(host.gateway(userId), ids).pipe(takeUntil(leave$)).subscribe(session$);
    return firstValueFrom(session$);
  };
  try {
    const [player, listener] = [await join('10'), await join('11')];
    const inOneGroup = ({ status, members }) => status === 'secure' && members.length === 2;
    const together = (states) => states.every(inOneGroup) && states[0].privacyCode === states[1].privacyCode;
    await firstValueFrom(combineLatest([player.e2ee$, listener.e2ee$]).pipe(filter(together)));

    const frames = testing.testFrames(60).map(hex);
    const heard = firstValueFrom(
      listener.receive('10').pipe(
        map(({ frame }) => hex(frame)),
        filter((frame) => frames.includes(frame)),
        take(frames.length),
        toArray(),
      ),
    );
    await lastValueFrom(player.play(testing.testFrames(60)));
    const { status } = await firstValueFrom(player.e2ee$);
    if (status !== 'secure') throw new Error(`the call was ${status} at its end, and not secure`);
    const same = (await heard).filter((frame, i) => frame === frames[i]).length;
    codec(audio);
    return same;
  } finally {
    leave$.next();
    await host.close();
  }
};

/** Encodes a tone and checks that decoding returns it. */
function codec({ createOpusEncoder, createOpusDecoder }) {
  const [encoder, decoder] = [createOpusEncoder(), createOpusDecoder()];
  const tone = Int16Array.from({ length: 1_920 }, (_, i) => 8_000 * Math.sin((i >> 1) / 20));
  let loudest = 0;
  for (let i = 0; i < 10; i++) for (const sample of decoder.decode(encoder.encode(tone))) loudest = Math.max(loudest, Math.abs(sample));
  encoder.free();
  decoder.free();
  if (loudest < 4_000) throw new Error(`a tone came out of the Opus codec at ${loudest}, where 8000 went in`);
}
