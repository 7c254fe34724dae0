/** Oceanic, Eris and Dysnomia, unpatched, each pointed at loopback by its own options. */
import { once } from 'node:events';
import { Agent } from 'node:https';
import { Readable } from 'node:stream';
import { Client as Dysnomia } from '@projectdysnomia/dysnomia';
import { Client as Eris } from 'eris';
import { Client as Oceanic } from 'oceanic.js';
import { describe, expect, it } from 'vitest';
import { fromEris, fromOceanic } from '../../../src/adapters/index.js';
import { nodeTransports } from '../../../src/driver.js';
import { loopbackCertificate } from '../../support/certificate.js';
import { finally_, heard, lounge, playSong, SONG, songText } from './stage.js';

describe('Oceanic', () => {
  it('logs in by `rest.baseURL`, and plays by rxvoice', async () => {
    const stage = await lounge();
    const { discord, guild } = stage;
    const client = new Oceanic({
      auth: `Bot ${discord.token}`,
      rest: { baseURL: `${discord.api}/v10` },
      gateway: { intents: ['GUILDS', 'GUILD_VOICE_STATES', 'GUILD_MESSAGES'] },
    });
    finally_(() => client.disconnect(false));
    const ready = once(client, 'ready');
    await client.connect();
    await ready;
    expect(client.guilds.map(({ name }) => name)).toEqual(['tea']);
    const [song, frames] = await Promise.all([heard(stage), playSong(stage, fromOceanic(client))]);
    expect([frames, ...song]).toEqual([SONG.length, songText, songText]);
    await client.rest.channels.createMessage(guild.channel('general').id, { content: 'played' });
    expect(guild.channel('general').messages).toMatchObject([{ content: 'played', author: { id: discord.botId } }]);
  });
});

describe('Eris', () => {
  it('logs in by `rest.domain` and an agent that knows the port, by TLS as it speaks nothing else, and plays by rxvoice', async () => {
    const tls = await loopbackCertificate();
    const stage = await lounge({ tls });
    const { discord } = stage;
    const agent = new Agent({ ca: tls.cert, port: discord.port });
    const client = new Eris(`Bot ${discord.token}`, {
      intents: ['guilds', 'guildVoiceStates'],
      autoreconnect: false,
      rest: { domain: 'localhost', agent },
      ws: { ca: tls.cert },
    });
    finally_(() => client.disconnect({ reconnect: false }));
    finally_(() => agent.destroy());
    const ready = once(client, 'ready');
    await client.connect();
    await ready;
    const transports = nodeTransports({ tls: { ca: tls.cert, rejectUnauthorized: true } });
    const [song, frames] = await Promise.all([heard(stage), playSong(stage, fromEris(client), { transports })]);
    expect([frames, ...song]).toEqual([SONG.length, songText, songText]);
  });
});

describe('Dysnomia', () => {
  it('logs in by `rest.domain` and `rest.port`, and plays by its own voice', async () => {
    const tls = await loopbackCertificate();
    const stage = await lounge({ tls });
    const { discord, guild } = stage;
    const agent = new Agent({ ca: tls.cert });
    const ws = { ca: tls.cert };
    const client = new Dysnomia(`Bot ${discord.token}`, {
      ws,
      rest: { domain: 'localhost', port: discord.port, agent },
      gateway: { autoreconnect: false, intents: ['guilds', 'guildVoiceStates'] },
    });
    finally_(() => client.disconnect({ reconnect: false }));
    finally_(() => agent.destroy());
    const ready = once(client, 'ready');
    await client.connect();
    await ready;
    const connection = await client.joinVoiceChannel(guild.channel('lounge').id, { ws, daveEncryption: false });
    finally_(() => client.leaveVoiceChannel(guild.channel('lounge').id));
    const song = heard(stage);
    const end = once(connection, 'end');
    connection.play(Readable.from(SONG.map((frame) => Buffer.from(frame))), { format: 'opusPackets' });
    await end;
    expect(await song).toEqual([songText, songText]);
  });
});
