/** Checks of the example's files that do not run them. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import { PERMISSIONS } from '../permissions.mjs';

/** Returns files and services that are referenced but do not exist. */
export function missing(folder, services, dockerfile) {
  const copied = [...dockerfile.matchAll(/^COPY (.+) \S+$/gm)].flatMap(([, files]) => files.split(' '));
  const mounted = [...services.values()].flatMap(({ volumes = [] }) => volumes).map((volume) => volume.split(':')[0]).filter((path) => path.startsWith('.'));
  const named = [...services.values()].flatMap(({ depends_on = {}, network_mode = '' }) => [...Object.keys(depends_on), ...network_mode.split('service:').slice(1)]);
  return [...[...copied, ...mounted].filter((path) => !existsSync(join(folder, path))), ...named.filter((name) => !services.has(name))];
}

/** Returns the users of a nats.conf whose permissions differ from those in permissions.mjs. */
export function differing(conf) {
  const list = (text, name) => JSON.parse(new RegExp(`${name}: (\\[[^\\]]*\\])`).exec(text)[1]);
  const users = conf.split(/^ +user: /m).slice(1);
  const found = Object.fromEntries(users.map((text) => [text.split('\n')[0], { publish: list(text, 'publish'), subscribe: list(text, 'subscribe') }]));
  const sorted = ({ publish, subscribe }) => [publish.toSorted(), subscribe.toSorted()];
  const names = [...new Set([...Object.keys(PERMISSIONS), ...Object.keys(found)])];
  return names.filter((name) => !(name in found && name in PERMISSIONS && isDeepStrictEqual(sorted(found[name]), sorted(PERMISSIONS[name]))));
}

/** Returns what docker compose reports for the file, which needs no daemon; null: it is not installed. DOCKER_COMPOSE may name its command. */
export function refusal(file) {
  const [program, ...args] = (process.env.DOCKER_COMPOSE ?? 'docker compose').split(' ');
  if (spawnSync(program, [...args, 'version']).status !== 0) return null;
  const { status, stderr } = spawnSync(program, [...args, '--file', file, 'config', '--quiet'], { encoding: 'utf8' });
  return status === 0 ? '' : stderr;
}
