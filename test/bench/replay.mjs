/** The cost of the replay window per received packet. Prints ns per packet: in order, 25 speakers in turn, and copies. Run after `npm run build`. */
import { ReplayGuard } from '../../dist/media/receive/replay-guard.js';

const PACKETS = 5_000_000;
const cases = {
  'one speaker, in order': (guard, i) => guard.first(1, i & 0xffff),
  '25 speakers in turn': (guard, i) => guard.first(i % 25, (i / 25) & 0xffff),
  copies: (guard) => guard.first(1, 7),
};
for (const [name, act] of Object.entries(cases)) {
  const guard = new ReplayGuard();
  for (let i = 0; i < 100_000; i += 1) act(guard, i);
  const start = process.hrtime.bigint();
  for (let i = 0; i < PACKETS; i += 1) act(guard, i);
  console.log(`${name}: ${(Number(process.hrtime.bigint() - start) / PACKETS).toFixed(1)} ns a packet`);
}
