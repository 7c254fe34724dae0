/** What can be said of the files of the example without running them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { PERMISSIONS } from '../permissions.mjs';

/** Files that are named, and are not there; services that are named, and are none. */
export function missing(folder, services, dockerfile) {
  const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, files]) => files.split(' '));
  const mounted = [...services.values()].flatMap(({ volumes = [] }) => volumes).map((volume) => volume.split(':')[0]).filter((path) => path.startsWith('.'));
  const named = [...services.values()].flatMap(({ depends_on = {}, network_mode = '' }) => [...Object.keys(depends_on), ...network_mode.split('service:').slice(1)]);
  return [...[...copied, ...mounted].filter((path) => !existsSync(join(folder, path))), ...named.filter((name) => !services.has(name))];
}

/** The users of a nats.conf whose permissions are not those of permissions.mjs. */
export function differing(conf) {
  const list = (text, name) => JSON.parse(new RegExp(`${name}: (\\[[^\\]]*\\])`).exec(text)[1]);
  const users = conf.split(/^ +user: /m).slice(1);
  const found = Object.fromEntries(users.map((text) => [text.split('\n')[0], { publish: list(text, 'publish'), subscribe: list(text, 'subscribe') }]));
  const sorted = ({ publish, subscribe }) => [publish.toSorted(), subscribe.toSorted()];
  const names = [...new Set([...Object.keys(PERMISSIONS), ...Object.keys(found)])];
  return names.filter((name) => !(name in found && name in PERMISSIONS && isDeepStrictEqual(sorted(found[name]), sorted(PERMISSIONS[name]))));
}

/** What docker compose itself says to the file, which needs no daemon; null: it is not there to be asked. DOCKER_COMPOSE names one. */
export function refusal(file) {
  const [program, ...args] = (process.env.DOCKER_COMPOSE ?? 'docker compose').split(' ');
  if (spawnSync(program, [...args, 'version']).status !== 0) return null;
  const { status, stderr } = spawnSync(program, [...args, '--file', file, 'config', '--quiet'], { encoding: 'utf8' });
  return status === 0 ? '' : stderr;
}
