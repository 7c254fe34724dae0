import { switchMap, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { connectVoice$, type LogEvent, type VoiceSession, type VoiceState } from '../../src/index.js';
import { testFrames } from '../../src/testing/index.js';
import { chronicle, IDS, virtualTime, world } from '../support/virtual-time.js';
import type { VirtualVoice } from '../../src/testing/index.js';

/** Joins, plays frames, lets `act` cause its faults, and returns what happened. */
function story(act: (voice: VirtualVoice) => void, frames: number, until: number) {
  const states: string[] = [];
  const faults: LogEvent[] = [];
  let lines: string[] = [];
  let outcome = 'open';
  virtualTime(({ flush }) => {
    const { voice, options } = world();
    lines = chronicle(voice);
    const log = (event: LogEvent): void => {
      if (event.type === 'state') states.push(brief(event.at, event.state));
      if (event.type === 'fault') faults.push(event);
    };
    const subscription = connectVoice$(voice.gateway, IDS, { ...options, log })
      .pipe(switchMap((session: VoiceSession) => session.play(testFrames(frames))))
      .subscribe({
        error: (error: unknown) => (outcome = String(error)),
        complete: () => (outcome = 'completed'),
      });
    act(voice);
    timer(until).subscribe(() => subscription.unsubscribe());
    flush();
  });
  return { lines, states: states.filter((state) => !/ (connecting|signalling)$/.test(state)), faults, outcome };
}

function brief(at: number, state: VoiceState): string {
  switch (state.status) {
    case 'ready':
      return `${at} ready ${state.channelId} ${state.ssrc}`;
    case 'resuming':
    case 'reconnecting':
      return `${at} ${state.status} ${state.attempt}`;
    case 'ended':
      return `${at} ended ${state.reason}`;
    default:
      return `${at} ${state.status}`;
  }
}

const sent = (lines: readonly string[]): string[] => lines.filter((line) => line.includes('rtp')).map((line) => line.replace('rtp ', ''));

describe('resuming', () => {
  it.each([1006, 1001, 4015, 4900])('%i: a new WebSocket takes over, and not one frame is late', (code) => {
    const { lines, states } = story((voice) => timer(130).subscribe(() => voice.close(code)), 8, 300);
    expect(states).toEqual(['60 ready 20 1001', '130 resuming 1', '150 ready 20 1001', '300 ended left']);
    // Frames 20 ms apart throughout: the WebSocket is gone from 130 to 150.
    expect(sent(lines).slice(0, 8)).toEqual([
      '60 #0 t0 frame 0', '80 #1 t960 frame 1', '100 #2 t1920 frame 2', '120 #3 t2880 frame 3',
      '140 #4 t3840 frame 4', '160 #5 t4800 frame 5', '180 #6 t5760 frame 6', '200 #7 t6720 frame 7',
    ]); // prettier-ignore
    // One UDP socket; Resume, not Identify; Speaking is sent again.
    expect(lines.filter((line) => !line.includes('rtp'))).toEqual([
      '0 op4 20', '20 socket+', '30 > 0', '40 udp+', '50 > 1', '60 > 5 speaking 0', '60 > 5 speaking 1',
      '130 socket-', '130 socket+', '140 > 7', '150 > 5 speaking 1',
      '300 op4 null', '300 socket-', '300 udp-',
    ]); // prettier-ignore
  });

  it('acknowledges the last sequence number seen, 0 included, in heartbeats and in Resume', () => {
    const acks: unknown[] = [];
    story(
      (voice) => {
        voice.frames$.subscribe(({ op, d }) => {
          if (op === 3 || op === 7) acks.push([op, (d as { seq_ack: unknown }).seq_ack]);
        });
        timer(13_900).subscribe(() => voice.say(18, { user_id: '1', flags: 0 }, 65_535));
        timer(14_000).subscribe(() => voice.say(99, 'an opcode nobody knows', 0));
        timer(14_100).subscribe(() => voice.close(1006));
      },
      1,
      30_000,
    );
    // The first heartbeat is sent before any numbered message was seen; the resumed WebSocket sends its own first one after 13 750 ms.
    expect(acks).toEqual([[3, -1], [7, 0], [3, 0]]); // prettier-ignore
  });

  it('a refused resume falls to Identify: a new SSRC, and the song goes on where it was', () => {
    const { lines, states } = story(
      (voice) => {
        timer(130).subscribe(() => voice.close(1006));
        timer(141).subscribe(() => voice.close(4006));
      },
      8,
      1_000,
    );
    // 4006 requires a new join: op 4 out, and in again after the second backoff, 500 ms with its jitter.
    expect(states).toEqual(['60 ready 20 1001', '130 resuming 1', '141 reconnecting 2', '701 ready 20 1002', '1000 ended left']);
    expect(lines.filter((line) => line.includes('op4')).length).toBe(4);
    const frames = sent(lines).filter((line) => line.includes('frame'));
    expect(frames.map((line) => line.split(' ').slice(4).join(' '))).toEqual([
      '0', '1', '2', '3', '4', '5', '6', '7',
    ]); // prettier-ignore
  });

  it('three resumes that fail lead to a new join, its servers are tried in turn, and then comes the error', () => {
    const { faults, outcome } = story(
      (voice) => {
        timer(130).subscribe(() => {
          voice.silence('open');
          voice.close(1006);
        });
      },
      8,
      120_000,
    );
    expect(faults.map((event) => (event.type === 'fault' ? event.recovery.action : ''))).toEqual([
      'resume', 'resume', 'resume', 'rejoin', 'reidentify', 'reidentify', 'reidentify', 'rejoin', 'rejoin', 'fail',
    ]); // prettier-ignore
    expect(outcome).toMatch(/VoiceTimeoutError.*'socket'/);
  });

  it('gives a silent socket up after two unanswered heartbeats, with a code that allows the resume', () => {
    const { lines, states } = story(
      (voice) => {
        timer(14_000).subscribe(() => voice.silence('heartbeat'));
        timer(60_000).subscribe(() => voice.silence());
      },
      1,
      58_000,
    );
    // Hello came at 30. Heartbeats at 13 780 (answered), 27 530 and 41 280 (not); the next is due at 55 030: the socket is given up and resumed.
    expect(lines.filter((line) => line.endsWith('> 3')).map((line) => parseInt(line, 10))).toEqual([13_780, 27_530, 41_280]);
    expect(states).toEqual(['60 ready 20 1001', '55030 resuming 1', '55050 ready 20 1001', '58000 ended left']);
  });

  it('beats at once when the server asks', () => {
    const { lines } = story((voice) => timer(100).subscribe(() => voice.say(3, null)), 1, 1_000);
    expect(lines).toContain('100 > 3');
  });
});

describe('what Discord does to a connection', () => {
  it.each([
    [4017, /VoiceUnsupportedError.*DAVE.*4017/],
    [4016, /VoiceSocketClosedError.*4016.*encryption mode/],
    [4021, /VoiceSocketClosedError.*4021.*rate limited/],
  ])('%i is an error, at once, without another try', (code, error) => {
    const { lines, outcome } = story((voice) => timer(130).subscribe(() => voice.close(code)), 8, 10_000);
    expect(outcome).toMatch(error);
    expect(lines.slice(-3).sort()).toEqual(['130 op4 null', '130 socket-', '130 udp-']);
    expect(lines.filter((line) => line.includes('socket+')).length).toBe(1);
  });

  it('a kick completes everything, and is not fought', () => {
    const { lines, states, outcome } = story(
      (voice) => {
        timer(130).subscribe(() => voice.dispatch('VOICE_STATE_UPDATE', { guild_id: '10', user_id: '30', channel_id: null, session_id: 'session' }));
      },
      8,
      10_000,
    );
    expect(outcome).toBe('completed');
    // After the close code, 250 ms are needed to tell a kick from the end of the call.
    expect(states).toEqual(['60 ready 20 1001', '380 ended kicked']);
    expect(lines.slice(-2).sort()).toEqual(['380 socket-', '380 udp-']);
    expect(lines.some((line) => line.includes('op4 null'))).toBe(false);
  });

  it('4014 before the kick is one kick', () => {
    const { states, outcome } = story(
      (voice) => {
        timer(130).subscribe(() => voice.close(4014));
        timer(180).subscribe(() => voice.dispatch('VOICE_STATE_UPDATE', { guild_id: '10', user_id: '30', channel_id: null, session_id: 'session' }));
      },
      8,
      10_000,
    );
    expect(outcome).toBe('completed');
    expect(states).toEqual(['60 ready 20 1001', '130 reconnecting 1', '180 ended kicked']);
  });

  it('a new voice server is switched to, and the song goes on where it was', () => {
    const { lines, states } = story(
      (voice) => {
        timer(130).subscribe(() => voice.dispatch('VOICE_SERVER_UPDATE', { guild_id: '10', token: 'other', endpoint: 'voice.test:443' }));
      },
      12,
      400,
    );
    // 100 ms later: a server named without a voice state may be the first half of a move.
    expect(states).toEqual(['60 ready 20 1001', '230 reconnecting 1', '270 ready 20 1002', '400 ended left']);
    const frames = sent(lines).filter((line) => line.includes('frame'));
    expect(frames).toEqual([
      '60 #0 t0 frame 0', '80 #1 t960 frame 1', '100 #2 t1920 frame 2', '120 #3 t2880 frame 3',
      '140 #4 t3840 frame 4', '160 #5 t4800 frame 5', '180 #6 t5760 frame 6', '200 #7 t6720 frame 7', '220 #8 t7680 frame 8',
      '270 #0 t0 frame 9', '290 #1 t960 frame 10', '310 #2 t1920 frame 11',
    ]); // prettier-ignore
  });

  it('a null endpoint holds the song until another server is named', () => {
    const { lines, states, outcome } = story(
      (voice) => {
        timer(130).subscribe(() => voice.dispatch('VOICE_SERVER_UPDATE', { guild_id: '10', token: 'x', endpoint: null }));
        timer(1_000).subscribe(() => voice.dispatch('VOICE_SERVER_UPDATE', { guild_id: '10', token: 'y', endpoint: 'other.test:443' }));
      },
      8,
      2_000,
    );
    expect(outcome).toBe('open');
    expect(states).toEqual(['60 ready 20 1001', '1000 reconnecting 1', '1040 ready 20 1002', '2000 ended left']);
    expect(lines.filter((line) => line.startsWith('130 '))).toEqual(['130 socket-', '130 udp-']);
    expect(sent(lines).filter((line) => line.includes('frame')).at(-1)).toBe('1100 #3 t2880 frame 7');
  });

  it('a lost UDP socket leads to a new join: the token is spent', () => {
    const { lines, states } = story((voice) => timer(130).subscribe(() => voice.loseUdp(new Error('ENETDOWN'))), 8, 1_000);
    expect(states.map((state) => state.replace(/^\d+ /, ''))).toEqual(['ready 20 1001', 'reconnecting 1', 'ready 20 1002', 'ended left']);
    expect(lines.filter((line) => line.includes('op4')).length).toBe(4);
    expect(sent(lines).filter((line) => line.includes('frame')).length).toBe(8);
  });

  it('a UDP socket lost while a resume waits its turn is not forgotten: no resume onto a dead socket', () => {
    const { lines, states, faults } = story(
      (voice) => {
        timer(130).subscribe(() => voice.close(1006));
        // The second WebSocket dies too; the third waits for its backoff of 250 ms, and the UDP socket is lost in that time.
        timer(145).subscribe(() => voice.close(1006));
        timer(200).subscribe(() => voice.loseUdp(new Error('ENETDOWN')));
      },
      20,
      2_000,
    );
    expect(faults.map((event) => (event.type === 'fault' ? [event.fault.type, event.recovery.action] : []))).toEqual([
      ['closed', 'resume'], ['closed', 'resume'], ['udp', 'rejoin'],
    ]); // prettier-ignore
    expect(states.at(-2)).toMatch(/ready 20 1002$/);
    const frames = sent(lines).filter((line) => line.includes('frame'));
    expect(frames.at(-1)).toMatch(/frame 19$/);
    expect(lines.filter((line) => line.endsWith('udp+')).length).toBe(2);
  });

  it('the end of the gateway ends the session; its error is an error', () => {
    const ended = story((voice) => timer(130).subscribe(() => voice.endGateway()), 8, 1_000);
    expect(ended.outcome).toBe('completed');
    expect(ended.states.at(-1)).toBe('130 ended gateway-closed');
    const failed = story((voice) => timer(130).subscribe(() => voice.endGateway(new Error('shard 3 died'))), 8, 1_000);
    expect(failed.outcome).toMatch(/VoiceGatewayError/);
  });
});

