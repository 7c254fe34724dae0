/** The options of a recording, with their defaults. */
import { asyncScheduler } from 'rxjs';
import { directorySink } from './directory.js';
import type { RecordedFile, RecordingKind, RecordingTarget, RecordOptions } from './events.js';
import type { OpenRecordingSink } from './sink.js';
import { speakerKey } from './speaker.js';

const KINDS: readonly RecordingKind[] = ['user-ogg', 'user-wav', 'mix-wav', 'mix-ogg'];
/** The length of a WAV file is counted in 32 bits. */
const MAX_WAV_BYTES = 0xffff_ffff;
/** A header, and a second of sound. */
const MIN_WAV_BYTES = 44 + 192_000;

export interface Settings extends Required<Omit<RecordOptions, 'overwrite'>> {
  readonly open: OpenRecordingSink;
}

/** @throws RangeError or TypeError when an option is not what it should be */
export function recordSettings(target: RecordingTarget, options: RecordOptions): Settings {
  const { overwrite = false, ...rest } = options;
  const settings: Settings = {
    files: ['user-ogg'],
    begin: 'recording',
    name: defaultName,
    queueBytes: 2 * 1024 * 1024,
    maxWavBytes: MAX_WAV_BYTES,
    mixBitrate: 96_000,
    maxSpeakers: 256,
    jitter: {},
    scheduler: asyncScheduler,
    ...rest,
    open: typeof target === 'string' ? directorySink(target, { overwrite }) : target,
  };
  const unknown = settings.files.filter((kind) => !KINDS.includes(kind));
  if (unknown.length > 0) throw new TypeError(`files must be of ${KINDS.join(', ')}, not ${unknown.join(', ')}`);
  checkRange('queueBytes', settings.queueBytes, 1, Number.MAX_SAFE_INTEGER);
  checkRange('maxWavBytes', settings.maxWavBytes, MIN_WAV_BYTES, MAX_WAV_BYTES);
  checkRange('maxSpeakers', settings.maxSpeakers, 1, Number.MAX_SAFE_INTEGER);
  return settings;
}

function defaultName({ kind, userId, ssrc, part }: RecordedFile): string {
  const whose = ssrc === null ? 'mix' : speakerKey({ userId, ssrc });
  return `${whose}${part > 1 ? `.part${part}` : ''}.${kind.endsWith('ogg') ? 'ogg' : 'wav'}`;
}

function checkRange(name: string, value: number, min: number, max: number): void {
  if (Number.isInteger(value) && value >= min && value <= max) return;
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, and is ${value}`);
}
