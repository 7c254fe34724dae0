/**
 * Every option of every exported function, with values that no option accepts, causes a typed error that names it, before anything is done.
 * The functions and their options are read from `api/`; a new function must be called here, too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObservable, NEVER, type OperatorFunction } from 'rxjs';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { Control } from '../../../src/driver/connection/control.js';
import * as audio from '../../../src/audio/index.js';
import * as driver from '../../../src/driver.js';
import * as main from '../../../src/index.js';
import * as nodes from '../../../src/nodes/index.js';
import * as server from '../../../src/server/index.js';
import * as testing from '../../../src/testing/index.js';
import * as workers from '../../../src/workers/index.js';

const API = fileURLToPath(new URL('../../../api/', import.meta.url));
const FILES = readdirSync(API).map((file) => {
  const [, code = ''] = /```ts\n([^]*?)```/.exec(readFileSync(join(API, file), 'utf8')) ?? [];
  return ts.createSourceFile(file, code, ts.ScriptTarget.ES2023, true);
});

const interfaces = new Map<string, ts.InterfaceDeclaration>();
for (const file of FILES)
  for (const statement of file.statements) if (ts.isInterfaceDeclaration(statement)) interfaces.set(statement.name.text, statement);

/** The options of a type, including inherited ones. */
function optionsOf(type: ts.TypeNode): string[] {
  const { name, of, without } = referred(type);
  if (of !== undefined) return optionsOf(of).filter((option) => !without.includes(option));
  const found = interfaces.get(name);
  if (found === undefined) return [];
  const inherited = found.heritageClauses?.flatMap(({ types }) => types.flatMap(optionsOf)) ?? [];
  return [...inherited, ...found.members.map((member) => member.name!.getText())];
}

/** The name of the type; for `Live` and `Omit` the type that they wrap, and the names that are left out. */
function referred(type: ts.TypeNode): { name: string; of: ts.TypeNode | undefined; without: string[] } {
  const name = ts.isTypeReferenceNode(type)
    ? type.typeName.getText()
    : ts.isExpressionWithTypeArguments(type)
      ? type.expression.getText()
      : '';
  const [of, without] = (/^(Live|Omit)$/.test(name) ? (type as ts.NodeWithTypeArguments).typeArguments : undefined) ?? [];
  return { name, of, without: [...(without?.getText() ?? '').matchAll(/\w+/g)].map(([option]) => option) };
}

/** Checked by the function that makes one. */
const ELSEWHERE = ['Control'];

/** The functions, and classes with a public constructor, that take options as a parameter; and those options. */
function withOptions(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const look = (name: string, parameters: readonly ts.ParameterDeclaration[]): void => {
    if (ELSEWHERE.includes(name)) return;
    for (const { type } of parameters) {
      if (type !== undefined && /^(?:Live<)?(?!Error)\w*Options>?$/.test(type.getText())) found.set(name, [...new Set(optionsOf(type))]);
    }
  };
  for (const file of FILES) {
    for (const statement of file.statements) {
      if (ts.isFunctionDeclaration(statement)) look(statement.name!.text, statement.parameters);
      if (ts.isClassDeclaration(statement))
        for (const member of statement.members) if (ts.isConstructorDeclaration(member)) look(statement.name!.text, member.parameters);
    }
  }
  return found;
}

const KEY = new Uint8Array(32);
const DESCRIPTION = { mode: 'aead_aes256_gcm_rtpsize', secretKey: KEY, ssrc: 1 };
const socket = { messages$: NEVER, send: () => undefined, drop: () => undefined };
const port = { send: () => undefined, datagrams$: NEVER };
const nothing = (): undefined => undefined;
const connection = { publish: nothing, subscribe: nothing, status: nothing, closed: nothing, isClosed: nothing } as never;
const control = new Control(socket, {});
const frames: Uint8Array[] = [];
const ids = { guildId: '10', channelId: '20', userId: '30' };
const gateway = main.gatewayPort(NEVER, () => undefined);
const roster = { members: new Set<string>(), members$: NEVER };

type Given = never;
/** Each of them, called with options and otherwise valid arguments. */
const CALLS: Readonly<Record<string, (options: Given) => unknown>> = {
  // rxvoice
  asyncIterable: (options) => main.asyncIterable(NEVER, options),
  connectVoice$: (options) => main.connectVoice$(gateway, ids, options),
  daveyProvider: (options) => main.daveyProvider(options),
  voiceRetry: (options) => main.voiceRetry(options),
  // rxvoice/driver
  control$: (options) => driver.control$(socket, options),
  dave$: (options) => driver.dave$(control, ids, roster as never, false, options),
  driveVoice$: (options) => driver.driveVoice$(NEVER, options),
  heartbeat$: (options) => driver.heartbeat$(control, 1_000, options),
  ipDiscovery$: (options) => driver.ipDiscovery$(port, 1, options),
  nodeTransports: (options) => driver.nodeTransports(options),
  paced$: (options) => driver.paced$(frames, options),
  receiveOpus: (options) => driver.receiveOpus(DESCRIPTION, options),
  receiveRtcp: (options) => driver.receiveRtcp(DESCRIPTION, options),
  roster$: (options) => driver.roster$(control, '30', options),
  sendOpus: (options) => driver.sendOpus(port, DESCRIPTION, options),
  sendRtcp: (options) => driver.sendRtcp(port, DESCRIPTION, options),
  senderReports: (options) => driver.senderReports(options),
  signalling$: (options) => driver.signalling$(gateway, ids, options),
  voiceSocket$: (options) => driver.voiceSocket$('wss://voice.test', options),
  // rxvoice/audio
  alignSpeakers: (options) => audio.alignSpeakers(options),
  bassBoost: (options) => audio.bassBoost(options),
  broadcast: (options) => audio.broadcast(frames, options),
  createOpusEncoder: (options) => audio.createOpusEncoder(options),
  decodeOpus: (options) => audio.decodeOpus(options),
  decodeOpusFrames: (options) => audio.decodeOpusFrames([], options),
  desk: (options) => audio.desk(options),
  directorySink: (options) => audio.directorySink('.', options),
  distortion: (options) => audio.distortion(options),
  Downsampler: (options) => new audio.Downsampler(options),
  downsample: (options) => audio.downsample(options),
  encodeOpus: (options) => audio.encodeOpus(options),
  encodeWav: (options) => audio.encodeWav([], options),
  gainTo: (options) => audio.gainTo(-16, options),
  gapless: (options) => audio.gapless([], options),
  highPass: (options) => audio.highPass({ frequency: 100, ...(options as object) }),
  JitterBuffer: (options) => new audio.JitterBuffer(options),
  karaoke: (options) => audio.karaoke(options),
  libopusWasm: (options) => audio.libopusWasm({} as never, options),
  limiter: (options) => audio.limiter(options),
  lowPass: (options) => audio.lowPass({ frequency: 100, ...(options as object) }),
  mix: (options) => audio.mix(options),
  oggOpus: (options) => audio.oggOpus(new Uint8Array(0), options),
  OggOpusWriter: (options) => new audio.OggOpusWriter(options),
  onDemand: (options) => audio.onDemand(() => NEVER, options),
  pausable: (options) => audio.pausable(NEVER, options),
  pcm: (options) => audio.pcm(new Uint8Array(0), options),
  PcmDecoder: (options) => new audio.PcmDecoder(options),
  preload: (options) => audio.preload([], options),
  probe: (options) => audio.probe(new Uint8Array(0), options),
  recordTo: (options) => audio.recordTo('.', options),
  reorder: (options) => audio.reorder(options),
  rotation: (options) => audio.rotation(options),
  silence: (options) => audio.silence(options),
  source: (options) => audio.source(new Uint8Array(0), options),
  SpeakerAlignment: (options) => new audio.SpeakerAlignment(options),
  TalkSpurtDetector: (options) => new audio.TalkSpurtDetector(options),
  talkSpurts: (options) => audio.talkSpurts(options),
  timescale: (options) => audio.timescale(options),
  tone: (options) => audio.tone(options),
  tremolo: (options) => audio.tremolo(options),
  vibrato: (options) => audio.vibrato(options),
  volume: (options) => audio.volume(1, options),
  WavWriter: (options) => new audio.WavWriter(options),
  // rxvoice/testing
  virtualSession: (options) => testing.virtualSession(options),
  virtualVoice: (options) => testing.virtualVoice({ scheduler: main.steadyScheduler, ...(options as object) }),
  voiceTest: (options) => testing.voiceTest(() => undefined, options),
  // rxvoice/server
  lossy: (options) => server.lossy(options),
  startDiscord: (options) => server.startDiscord(options),
  startVoiceServer: (options) => server.startVoiceServer(options),
  // rxvoice/workers, rxvoice/nodes
  workerEngine: (options) => workers.workerEngine(options),
  natsEngine: (options) => nodes.natsEngine(connection, { bot: '1', ...(options as object) }),
  voiceNode: (options) => nodes.voiceNode(connection, options),
};

/** The error with which a call, or the subscription to its result, fails at once. */
async function refusal(call: () => unknown): Promise<unknown> {
  let failure: unknown;
  const subscribed = (stream$: unknown): void => {
    if (isObservable(stream$)) stream$.subscribe({ error: (error: unknown) => (failure = error) }).unsubscribe();
  };
  try {
    const given = call();
    subscribed(typeof given === 'function' ? NEVER.pipe(given as OperatorFunction<never, unknown>) : given);
    await given;
  } catch (error) {
    return error;
  }
  return failure;
}

/** An error that names the option for the caller. */
function names(error: unknown, option: string): boolean {
  if (error instanceof main.VoiceOptionsError) return error.option.split(/[.[]/)[0] === option;
  return error instanceof RangeError && new RegExp(`\\b${option.replace('$', '\\$')}\\b`).test(error.message);
}

/** No option accepts one of these values. */
const NOTHING: readonly unknown[] = [Symbol('s'), 3n, NaN];

/**
 * Functions that check their options themselves, with RangeErrors for numbers out of range, and do not check all of them. They should leave
 * this list, and none may be added.
 */
const IN_THEIR_OWN_WORDS: readonly string[] = ['lossy', 'startDiscord', 'startVoiceServer'];

describe('every exported function with options', () => {
  const all = withOptions();

  it('is in here', () => {
    expect([...all.keys()].sort()).toEqual(Object.keys(CALLS).sort());
    expect(IN_THEIR_OWN_WORDS.filter((name) => !all.has(name))).toEqual([]);
    expect([...all].filter(([, options]) => options.length === 0)).toEqual([]);
  });

  it.each(Object.keys(CALLS).filter((name) => !IN_THEIR_OWN_WORDS.includes(name)))('%s', async (name) => {
    const refusalOf = (given: unknown): Promise<unknown> => refusal(() => CALLS[name]!(given as Given));
    const accepted: string[] = [];
    for (const option of all.get(name) ?? []) {
      for (const value of NOTHING) {
        const error = await refusalOf({ [option]: value });
        if (!names(error, option)) accepted.push(`${option}: ${String(value)}: ${String(error)}`);
      }
    }
    if (!names(await refusalOf({ optoin: 1 }), 'optoin')) accepted.push('a name that is no option');
    expect(accepted).toEqual([]);
  });
});
