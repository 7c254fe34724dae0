/** What keeps a process alive: shows whether the library leaves anything open, and who opened it. */
import { subscribe } from 'node:diagnostics_channel';
import { setImmediate } from 'node:timers/promises';

/** For each socket opened since this module was loaded, the stack of its opening. */
const opened = new WeakMap();
for (const channel of ['udp.socket', 'net.client.socket']) subscribe(channel, ({ socket }) => opened.set(socket, new Error('opened')));

/** For each list of names: the sockets, servers and processes that were open at that time. */
const handlesOf = new WeakMap();

/** The Node class for each resource name; other resources are reported by name only. */
const KINDS = { UDPWrap: 'Socket', TCPSocketWrap: 'Socket', TLSWrap: 'TLSSocket', PipeWrap: 'Socket', TCPServerWrap: 'Server', ProcessWrap: 'ChildProcess' };

/** Sockets, servers and timers that are open. */
export function openResources() {
  const names = process.getActiveResourcesInfo().filter((name) => !/^(Immediate|CloseReq|FSReqPromise)$/.test(name));
  handlesOf.set(names, new Set(process._getActiveHandles()));
  return names;
}

/** What is open now and was not before; waits up to two seconds until nothing is left. */
export async function leakedResources(before) {
  const end = performance.now() + 2_000;
  for (;;) {
    const leaked = openResources();
    const handles = handlesOf.get(leaked);
    for (const name of before) {
      const at = leaked.indexOf(name);
      if (at >= 0) leaked.splice(at, 1);
    }
    if (leaked.length === 0) return leaked;
    if (performance.now() > end) return told(leaked, [...handles].filter((handle) => !handlesOf.get(before)?.has(handle)));
    await setImmediate();
  }
}

/** Each name, with the details of one handle of that kind. */
function told(names, handles) {
  return names.map((name) => {
    const isUdp = name === 'UDPWrap';
    const at = handles.findIndex((handle) => handle.constructor.name === KINDS[name] && (handle.remoteAddress instanceof Function) === isUdp);
    return at < 0 ? name : `${name} ${about(...handles.splice(at, 1))}`;
  });
}

/** Addresses or command, and who opened it. */
function about(handle) {
  if (handle.spawnargs !== undefined) return `${handle.pid}: ${handle.spawnargs.join(' ')}`;
  const address = (of) => {
    try {
      const { address: host, port } = of();
      return host === undefined ? 'nobody' : `${host}:${port}`;
    } catch {
      return 'nobody';
    }
  };
  const remote = handle.remoteAddress instanceof Function ? () => handle.remoteAddress() : () => ({ address: handle.remoteAddress, port: handle.remotePort });
  const lines = opened.get(handle)?.stack?.split('\n').slice(1) ?? [];
  const ours = lines.filter((line) => !/node:|process-resources/.test(line)).slice(0, 6);
  return [`of ${address(() => handle.address())} with ${address(remote)}`, ...ours].join('\n');
}
