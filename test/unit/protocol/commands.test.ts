import { describe, expect, it } from 'vitest';
import {
  heartbeat,
  identify,
  resume,
  selectProtocol,
  speaking,
  voiceStateCommand,
} from '../../../src/protocol/commands.js';
import { GATEWAY_VERSIONS } from '../../../src/protocol/opcodes.js';

const SERVER = {
  guildId: '41771983423143937',
  channelId: '127121515262115840',
  userId: '104694319306248192',
  sessionId: 'session',
  token: 'token',
  endpoint: 'voice.example:443',
};

describe('the channel', () => {
  it('is named from version 9 on, where it is known', () => {
    const named = { ...SERVER, channelId: '77' };
    const { channelId: _channelId, ...unnamed } = named;
    const channels = (server: typeof unnamed): unknown[] =>
      GATEWAY_VERSIONS.flatMap((version) => [identify(server, 1, version), resume(server, version, 1)]).map((text) => (JSON.parse(text) as { d: { channel_id?: string } }).d.channel_id);
    expect(channels(named)).toEqual([...Array<undefined>(10).fill(undefined), '77', '77']);
    expect(channels(unnamed)).toEqual(Array(12).fill(undefined));
  });
});

describe('what is sent, character by character', () => {
  it.each([
    [
      'Identify',
      identify(SERVER, 1),
      '{"op":0,"d":{"server_id":"41771983423143937","user_id":"104694319306248192","session_id":"session","token":"token",' +
        '"max_dave_protocol_version":1}}',
    ],
    [
      'Select Protocol',
      selectProtocol({ address: '203.0.113.7', port: 50_004 }, 'aead_aes256_gcm_rtpsize'),
      '{"op":1,"d":{"protocol":"udp","data":{"address":"203.0.113.7","port":50004,"mode":"aead_aes256_gcm_rtpsize"}}}',
    ],
    ['Heartbeat, version 4', heartbeat(4, 1_501_184_119_561, 10), '{"op":3,"d":1501184119561}'],
    ['Heartbeat, version 7', heartbeat(7, 5, undefined), '{"op":3,"d":5}'],
    ['Heartbeat, version 8', heartbeat(8, 1_501_184_119_561, 10), '{"op":3,"d":{"t":1501184119561,"seq_ack":10}}'],
    ['Heartbeat after message 0', heartbeat(8, 5, 0), '{"op":3,"d":{"t":5,"seq_ack":0}}'],
    ['Heartbeat before any message', heartbeat(8, 5, undefined), '{"op":3,"d":{"t":5,"seq_ack":-1}}'],
    ['Heartbeat after message 65535', heartbeat(8, 5, 65_535), '{"op":3,"d":{"t":5,"seq_ack":65535}}'],
    ['Speaking', speaking(5, 1), '{"op":5,"d":{"speaking":5,"delay":0,"ssrc":1}}'],
    ['Speaking no more', speaking(0, 0xffffffff), '{"op":5,"d":{"speaking":0,"delay":0,"ssrc":4294967295}}'],
    [
      'Resume, version 4',
      resume(SERVER, 4, 10),
      '{"op":7,"d":{"server_id":"41771983423143937","session_id":"session","token":"token"}}',
    ],
    [
      'Resume, version 8',
      resume(SERVER, 8, 10),
      '{"op":7,"d":{"server_id":"41771983423143937","session_id":"session","token":"token","seq_ack":10}}',
    ],
    [
      'Resume after message 0',
      resume(SERVER, 8, 0),
      '{"op":7,"d":{"server_id":"41771983423143937","session_id":"session","token":"token","seq_ack":0}}',
    ],
    [
      'Resume before any message',
      resume(SERVER, 8, undefined),
      '{"op":7,"d":{"server_id":"41771983423143937","session_id":"session","token":"token","seq_ack":-1}}',
    ],
  ])('%s', (_, sent, expected) => {
    expect(sent).toBe(expected);
  });

  it('carries seq_ack from version 8 on, and before it never', () => {
    for (const version of GATEWAY_VERSIONS) {
      expect(heartbeat(version, 1, 2).includes('seq_ack'), `${version}`).toBe(version >= 8);
      expect(resume(SERVER, version, 2).includes('seq_ack'), `${version}`).toBe(version >= 8);
    }
  });

  it('escapes what stands in a session id or token', () => {
    const odd = { ...SERVER, sessionId: '"\\\n\u2028', token: '{"op":7}' };
    const { d } = JSON.parse(identify(odd, 0)) as { readonly d: Record<string, unknown> };
    expect(d).toMatchObject({ session_id: '"\\\n\u2028', token: '{"op":7}', max_dave_protocol_version: 0 });
  });
});

describe('voiceStateCommand', () => {
  it('joins with a channel and leaves with null', () => {
    expect(voiceStateCommand('1', '2', true, false)).toEqual({
      op: 4,
      d: { guild_id: '1', channel_id: '2', self_mute: true, self_deaf: false },
    });
    expect(JSON.stringify(voiceStateCommand('1', null, false, true))).toBe(
      '{"op":4,"d":{"guild_id":"1","channel_id":null,"self_mute":false,"self_deaf":true}}',
    );
  });
});
