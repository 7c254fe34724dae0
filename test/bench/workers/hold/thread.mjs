/** The script of a thread of `workerEngine` that also reports how late its event loop is. */
import { load } from '../../library.mjs';
import { answerLoops } from './loop.mjs';

answerLoops();
await load('workers/worker.js');
