/** The script of a thread whose time stands still where it does. Needs `npm run build`. */
import './process-time.mjs';
import '../../dist/workers/worker.js';
