/** Validates desk commands and options before they take effect. */
import { isObservable } from 'rxjs';
import { amount, count, fields, listOf, must, oneOf, variants, type Check } from '../../checks/check.js';
import type { DeskCommand } from './commands.js';
import type { DeskOptions, Ducking, TrackOptions } from './options.js';

/** Ten times as loud: 20 dB. */
const LOUDEST = 10;
/** Upper limit of a fade, in ms. A fade is read ahead, and a minute of PCM takes 12 MB. */
const LONGEST_FADE = 60_000;

const flag = must('true or false', (value) => typeof value === 'boolean');
const name = must('a text that names a track', (value) => typeof value === 'string' && value !== '');
const ms = amount('milliseconds, 0 or more', 0, Number.MAX_SAFE_INTEGER);
const fade = amount(`milliseconds from 0 to ${LONGEST_FADE}`, 0, LONGEST_FADE);
const volume = amount(`a factor from 0 to ${LOUDEST}`, 0, LOUDEST);
const finite = must('a finite number', (value) => Number.isFinite(value));
const filters = listOf(
  must('a filter of PCM', (value) => typeof value === 'function' && 'start' in value && typeof value.start === 'function'),
  'filters of PCM',
  0,
);
const loop: Check = (key, value) => {
  if (value !== 'endless') count(`a whole number of times, or 'endless'`, 0)(key, value);
};
const DUCKING: { readonly [Name in keyof Required<Ducking>]: Check } = {
  depth: amount('decibels, 0 or more', 0),
  attack: fade,
  release: fade,
  by$: must('an Observable of true and false', isObservable),
};
const ducking = fields(DUCKING);
const TRACK: { readonly [Name in keyof Required<TrackOptions>]: Check } = {
  id: name,
  volume,
  muted: flag,
  paused: flag,
  loop,
  start: ms,
  end: amount('milliseconds, more than 0', Number.MIN_VALUE),
  fadeIn: fade,
  fadeOut: fade,
  filters,
  priority: finite,
  duck: (key, value) => {
    if (value !== false) ducking(key, value);
  },
  after: name,
  crossfade: fade,
};
const DESK: { readonly [Name in keyof Required<DeskOptions>]: Check } = {
  whenEmpty: oneOf(['wait', 'end'] satisfies DeskOptions['whenEmpty'][]),
  bitrate: count('a whole number of bits a second from 6000 to 510000', 6_000, 510_000),
  encoder: must('a function that makes an encoder', (value) => typeof value === 'function'),
  codec: must('a function that makes a decoder', (value) => typeof value === 'function'),
  duck: ducking,
  readAhead: amount('milliseconds from 60 on', 60, LONGEST_FADE),
  positionEvery: amount('milliseconds, 20 or more', 20),
};
const type: Check = () => undefined;
const of = (checks: Readonly<Record<string, Check>>, ...required: readonly string[]): Check => fields({ type, id: name, ...checks }, required);
const COMMANDS: { readonly [Type in DeskCommand['type']]: Check } = {
  add: of({ ...TRACK, source: must('something to be played', (value) => value !== undefined && value !== null) }, 'source'),
  remove: of({ fade }),
  pause: of({}),
  resume: of({}),
  volume: of({ volume, ramp: fade }, 'volume'),
  mute: of({ muted: flag }),
  seek: of({ position: ms }, 'position'),
  loop: of({ loop }, 'loop'),
  filters: of({ filters }, 'filters'),
  priority: of({ priority: finite }, 'priority'),
  duck: of({ ducked: flag }, 'ducked'),
};
const command = variants('type', COMMANDS);
const options = fields(DESK);

/** @throws VoiceOptionsError, which names the invalid field */
export function checkDeskOptions(given: DeskOptions): void {
  options('', given);
}

/** @throws VoiceOptionsError, which names the invalid field */
export function checkCommand(given: DeskCommand): void {
  command('command', given);
}
