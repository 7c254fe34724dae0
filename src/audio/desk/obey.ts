/** Carries out commands. */
import { VoiceOptionsError } from '../../errors.js';
import { checkCommand } from './check.js';
import type { DeskCommand, TrackCommand } from './commands.js';
import { mediaOf } from './media/media-of.js';
import type { TrackHost } from './tracks/host.js';
import { samplesOf } from './tracks/meter.js';
import type { Roster } from './tracks/roster.js';
import { Track } from './tracks/track.js';

/** @throws VoiceOptionsError for a command that cannot be carried out; it says why */
export function obey(roster: Roster, command: DeskCommand, host: TrackHost, newId: () => string): void {
  checkCommand(command);
  if (command.type === 'add') {
    add(roster, command, host, newId);
    return;
  }
  const tracks = command.id === undefined ? roster.all : [named(roster, command.id)];
  for (const track of tracks) change(roster, track, command);
}

function add(roster: Roster, command: DeskCommand & { readonly type: 'add' }, host: TrackHost, newId: () => string): void {
  const { type: _, source, ...options } = command;
  const id = options.id ?? newId();
  if (roster.get(id) !== undefined) throw new VoiceOptionsError('id', `there is a track '${id}' already: remove it first, or call this one something else`);
  if (options.after === id) throw new VoiceOptionsError('after', `is the track itself, '${id}': name another one`);
  const media = mediaOf(source, host.codec);
  const { start, end, loop = 0 } = options;
  if (end !== undefined && end <= (start ?? 0)) throw new VoiceOptionsError('end', `must be behind start, and is ${end}`);
  if (!media.repeatable && (loop !== 0 || start !== undefined)) throw once(loop !== 0 ? 'loop' : 'start');
  host.tell({ type: 'added', id });
  roster.add(new Track(id, media, options, host));
}

function change(roster: Roster, track: Track, command: TrackCommand): void {
  switch (command.type) {
    case 'remove':
      roster.remove(track, command.fade === undefined ? undefined : samplesOf(command.fade));
      return;
    case 'pause':
      track.pause();
      return;
    case 'resume':
      track.resume();
      return;
    case 'volume':
      track.volume(command.volume, command.ramp);
      return;
    case 'mute':
      track.mute(command.muted ?? true);
      return;
    case 'seek':
      if (!track.media.repeatable) throw once('position');
      track.seek(command.position);
      return;
    case 'loop':
      if (!track.media.repeatable && command.loop !== 0) throw once('loop');
      track.loop(command.loop);
      return;
    case 'filters':
      track.filter(command.filters);
      return;
    case 'priority':
      track.priority = command.priority;
      return;
    case 'duck':
      track.duck(command.ducked);
  }
}

function named(roster: Roster, id: string): Track {
  const track = roster.get(id);
  if (track === undefined) throw new VoiceOptionsError('id', 'there is no such track (any more)');
  return track;
}

function once(option: string): VoiceOptionsError {
  return new VoiceOptionsError(option, 'this source can be heard once, and from where it is: pass a path, a URL, bytes, an array, or a function');
}
