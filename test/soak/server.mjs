/** Child process: the voice server of the soak. Its memory is not what is measured. */
import { readFile } from 'node:fs/promises';
import { load } from '../bench/library.mjs';

const { startVoiceServer } = await load('server/index.js');
const server = await startVoiceServer({ heartbeatInterval: 5_000 });
const FRAME_BYTES = 4;
let frames = 0;
server.packets$.subscribe(({ payload }) => (frames += payload.length === FRAME_BYTES ? 1 : 0));

const gateways = new Set();

const handlers = {
  /** A user's op 4. His own events, and no others, go back: a bot hears of everybody, but looks at itself alone. */
  command: ({ userId, command }) => {
    const gateway = server.gateway(userId);
    if (!gateways.has(userId)) {
      gateways.add(userId);
      gateway.subscribe((payload) => {
        if (payload.t !== 'VOICE_STATE_UPDATE' || payload.d.user_id === userId) process.send({ type: 'event', userId, payload });
      });
    }
    gateway.next(command);
  },
  fault: ({ name, args }) => void server.faults[name](...args),
  /** A rule cannot cross to another process: so many of all datagrams are lost on their way in. */
  loss: ({ share }) => {
    let debt = 0;
    const rule = ({ direction }) => {
      if (direction !== 'inbound') return 'pass';
      debt += share;
      if (debt < 1) return 'pass';
      debt -= 1;
      return 'drop';
    };
    server.faults.datagrams(share > 0 ? rule : null);
  },
  report: async ({ id }) => process.send({ type: 'report', id, report: { ...server.counters, frames, kernelDrops: await kernelDrops() } }),
  end: async () => {
    await server.close();
    process.disconnect();
  },
};
process.on('message', ({ type, ...body }) => handlers[type](body));
process.on('disconnect', () => process.exit(0));
process.send({ type: 'ready' });

/** Datagrams that the kernel threw away since this process was too slow to take them. Linux tells; elsewhere 0. */
async function kernelDrops() {
  const text = await readFile(`/proc/${process.pid}/net/udp`, 'utf8').catch(() => '');
  const mine = new Set(process.getActiveResourcesInfo().includes('UDPWrap') ? await ownSockets() : []);
  let drops = 0;
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (mine.has(fields[9])) drops += Number(fields.at(-1));
  }
  return drops;
}

/** The inodes of this process' sockets. */
async function ownSockets() {
  const { readdir, readlink } = await import('node:fs/promises');
  const folder = `/proc/${process.pid}/fd`;
  const links = await Promise.all((await readdir(folder)).map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.map((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1]).filter((inode) => inode !== undefined);
}
