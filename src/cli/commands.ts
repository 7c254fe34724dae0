/** The commands, in the order of `--help`. */
import type { Command } from './command.js';
import { demo } from './demo/command.js';
import { doctor } from './doctor/command.js';
import { node } from './node/command.js';
import { play } from './play/command.js';
import { record } from './record/command.js';
import { serve } from './serve/command.js';

export const COMMANDS: readonly Command[] = [play, record, serve, node, doctor, demo];
