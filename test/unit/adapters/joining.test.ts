/** Whole sessions through each adapter, in virtual time: a client with two shards stands between them and the voice server. */
import { map } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { fromDiscordJs, fromDroff, fromEris, fromOceanic } from '../../../src/adapters/index.js';
import { connectVoice$, VoiceGatewayError, type GatewayPort } from '../../../src/index.js';
import { chronicle, IDS, virtualTime, world } from '../../support/virtual-time.js';
import { FakeDiscordJsClient, FakeDroffClient, FakeShardMapClient, stand } from './fake-clients.js';

const GUILDS = { [IDS.guildId]: 0, 11: 1 };

interface Library {
  readonly name: string;
  make(): { readonly client: Parameters<typeof stand>[0]; readonly port: GatewayPort; lose?(): void };
}

const shardMap = (event: 'rawWS' | 'packet', from: (client: FakeShardMapClient) => GatewayPort): Library['make'] => () => {
  const client = new FakeShardMapClient(event, GUILDS);
  return { client, port: from(client), lose: () => void (client.shards.get(0)!.status = 'disconnected') };
};
const LIBRARIES: readonly Library[] = [
  {
    name: 'fromDiscordJs',
    make: () => {
      const client = new FakeDiscordJsClient(GUILDS);
      return { client, port: fromDiscordJs(client) };
    },
  },
  { name: 'fromEris', make: shardMap('rawWS', fromEris) },
  { name: 'fromOceanic', make: shardMap('packet', fromOceanic) },
  {
    name: 'fromDroff',
    make: () => {
      const client = new FakeDroffClient(2);
      return { client, port: fromDroff(client), lose: () => client.receive(0, { op: 10 }) };
    },
  },
];
const op4 = (lines: readonly string[]): string[] => lines.filter((line) => line.includes('op4'));

describe.each(LIBRARIES)('a session through $name', ({ make }) => {
  it('joins, and leaves when it is unsubscribed', () => {
    virtualTime(({ expectObservable, flush }) => {
      const { voice, options } = world();
      const { client, port } = make();
      stand(client, voice.gateway, 0);
      const lines = chronicle(voice);

      expectObservable(connectVoice$(port, IDS, options).pipe(map(() => 's')), '^ 99ms !').toBe('60ms s');
      flush();
      expect(op4(lines)).toEqual(['0 op4 20', '100 op4 null']);
    });
  });

  it('joins again when its shard identifies anew, and not when another one does', () => {
    virtualTime(({ cold, expectObservable, flush }) => {
      const { voice, options } = world();
      const { client, port, lose } = make();
      stand(client, voice.gateway, 0);
      const lines = chronicle(voice);
      //                     other       lost      own
      cold('                 200ms o 99ms l 199ms r').subscribe((event) => {
        if (event === 'o') voice.dispatch('READY', { session_id: 'gateway', shard: [1, 2] });
        if (event === 'l') lose?.();
        if (event === 'r') voice.reidentify('session-2');
      });

      expectObservable(connectVoice$(port, IDS, options).pipe(map(() => 's')), '^ 999ms !').toBe('60ms s');
      flush();
      expect(op4(lines)).toEqual(['0 op4 20', '500 op4 20', '1000 op4 null']);
    });
  });
});

// discord.js queues what a shard cannot send, and so never refuses a command.
const REFUSING = LIBRARIES.filter(({ make }) => make().lose !== undefined);

it('is three libraries that can tell that a shard is not connected', () => {
  expect(REFUSING.map(({ name }) => name)).toEqual(['fromEris', 'fromOceanic', 'fromDroff']);
});

describe.each(REFUSING)('a session through $name, on a shard that is not connected', ({ make }) => {
  it('errors with a VoiceGatewayError at once', () => {
    virtualTime(({ flush }) => {
      const { voice, options } = world();
      const { client, port, lose } = make();
      stand(client, voice.gateway, 0);
      const lines = chronicle(voice);
      const bot = port.subscribe();
      lose?.();

      let error: unknown;
      connectVoice$(port, IDS, options).subscribe({ error: (thrown: unknown) => (error = thrown) });
      expect(error).toBeInstanceOf(VoiceGatewayError);
      expect(error).toMatchObject({ code: 'gateway', retryable: true });
      expect(String(error)).toContain('shard 0, of guild 10, is not ready');
      bot.unsubscribe();
      flush();
      expect(op4(lines)).toEqual([]);
    });
  });
});
