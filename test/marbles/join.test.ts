import { switchMap } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$ } from '../../src/index.js';
import { testFrames } from '../../src/testing/index.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';

describe('joining', () => {
  it('smoke', () => {
    virtualTime(({ expectObservable, flush }) => {
      const { voice, options } = world();
      const lines = chronicle(voice);
      const session$ = connectVoice$(voice.gateway, IDS, options);
      expectObservable(session$.pipe(switchMap((s) => s.play(testFrames(3)))), '^ 400ms !');
      flush();
      console.log(lines.join('\n'));
    });
  });
});
