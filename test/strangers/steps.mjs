/** The steps for a stranger, in this order and in one call. Each step resolves with its cell of the table, or rejects with the reason. */
import { round } from './round.mjs';

export const STEPS = [
  {
    column: 'joins',
    take: async (call) => {
      await call.enter();
      return 'yes';
    },
  },
  { column: 'heard', take: ({ server, guest, hosts }) => round(server, [guest], hosts) },
  { column: 'hearing', take: ({ server, guest, hosts }) => round(server, hosts, [guest]) },
  {
    column: 'moved',
    take: async (call) => {
      await call.move();
      return everybody(call);
    },
  },
  {
    column: 'recovered',
    take: async (call) => {
      await call.lose();
      return everybody(call);
    },
  },
  {
    column: 'left and back',
    take: async (call) => {
      await call.depart();
      await call.enter();
      return everybody(call);
    },
  },
];

function everybody({ server, everybody }) {
  return round(server, everybody, everybody);
}
