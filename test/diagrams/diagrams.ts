/** All diagrams, by the name of their subject. */
import { AUDIO } from './audio.js';
import { PLAYLIST } from './playlist.js';
import { RECIPES } from './recipes.js';
import type { Diagram } from './recording.js';
import { SESSION } from './session.js';
import { STAGES } from './stages.js';

export const SECTIONS: readonly { readonly title: string; readonly diagrams: Readonly<Record<string, Diagram>> }[] = [
  { title: 'Sessions', diagrams: SESSION },
  { title: 'Stages', diagrams: STAGES },
  { title: 'Audio', diagrams: AUDIO },
  { title: 'Frames that are played', diagrams: PLAYLIST },
  { title: 'Put together', diagrams: RECIPES },
];
export const DIAGRAMS: Readonly<Record<string, Diagram>> = { ...SESSION, ...STAGES, ...AUDIO, ...PLAYLIST, ...RECIPES };

/** `ip-discovery.svg` for `ipDiscovery$`. */
export function fileOf(name: string): string {
  return `${name.replace(/\$$/, '').replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.svg`;
}
