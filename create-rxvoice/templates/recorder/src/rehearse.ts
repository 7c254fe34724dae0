/** The recorder without Discord: `npm run rehearse`. */
import { call } from './call.ts';

const told$ = await call(`recordings/rehearsal-${Date.now()}`);
told$.subscribe((told) => console.log(told));
