"""
discord.py in a call. Nothing of it is patched: a real `discord.Client` with its real cache, fed the dispatches of the test in place of a
gateway socket, connects to a real `VoiceChannel` of it. What stands in for the rest: the text that its gateway would send goes to the
test, and the HTTP session that a login would make is made here.
"""

import asyncio
import platform
from functools import partial

import aiohttp
import davey
import discord
from discord.gateway import DiscordClientWebSocketResponse, DiscordWebSocket
from discord.voice_state import VoiceConnectionState

from ear import Ear
from lines import Lines, watch

VOICE_CHANNEL = 2
SPEAKING = 5
# Seconds for each connection, 30 unless a bot says otherwise. Its socket reader sits in a `select` of 30 s that the end of the socket does
# not wake; where nobody speaks meanwhile, the next connection gets no IP discovery before that is over, and must still be waiting.
CONNECT_TIMEOUT = 60


class GatewaySocket:
    """In place of the bot gateway's WebSocket: what is sent is told to the test."""

    def __init__(self, lines):
        self._lines = lines

    async def send_str(self, text):
        self._lines.tell(command=discord.utils._from_json(text))


class ListeningClient(discord.VoiceClient):
    """Overrides what extensions that receive audio override: the place where the voice gateway's messages can be seen."""

    def __init__(self, heard, client, channel):
        self._ear = Ear(self._key, self._decrypt, heard)
        super().__init__(client, channel)

    def create_connection_state(self):
        return VoiceConnectionState(self, hook=self._on_message)

    def listen(self):
        """Before there is a socket, its reader would spin. The reader is a thread; everything else happens in the loop's."""
        self._connection.add_socket_listener(lambda datagram: self.loop.call_soon_threadsafe(self._ear.take, datagram))

    async def _on_message(self, _, message):
        if message['op'] == SPEAKING:
            self._ear.introduce(message['d']['ssrc'], int(message['d']['user_id']))

    def _key(self):
        return bytes(self.secret_key)

    def _decrypt(self, user_id, frame):
        if self._connection.dave_protocol_version == 0:
            return frame
        return self._connection.dave_session.decrypt(user_id, davey.MediaType.audio, frame)


class Frames(discord.AudioSource):
    """Opus frames that are there already; after the last, b'' ends the playback."""

    def __init__(self, frames):
        self._frames = iter(frames)

    def read(self):
        return next(self._frames, b'')

    def is_opus(self):
        return True


class Stranger:
    """What the test asks for, done as a bot does it."""

    def __init__(self, lines):
        self._lines = lines
        self._client = discord.Client(intents=discord.Intents(guilds=True, voice_states=True))

    async def begin(self, *, userId, guildId, channelIds):
        client = self._client
        client.http._HTTPClient__session = aiohttp.ClientSession(ws_response_class=DiscordClientWebSocketResponse)
        await client._async_setup_hook()
        client.ws = DiscordWebSocket(GatewaySocket(self._lines), loop=client.loop)
        self.dispatch('READY', ready(userId, guildId, channelIds))
        client.loop.create_task(watch(self._code, lambda code: self._lines.tell(code=code)))
        python = f'Python {platform.python_version()}'
        return {'library': f'discord.py {discord.__version__}', 'beside': f'davey {davey.__version__}, {python}'}

    def dispatch(self, t, d):
        """As `DiscordWebSocket` does with an event of the gateway."""
        self._client._connection.parsers[t](d)

    async def join(self, *, channelId):
        channel = self._client.get_channel(int(channelId))
        voice = await channel.connect(cls=partial(ListeningClient, self._heard), timeout=CONNECT_TIMEOUT)
        voice.listen()

    async def introduce(self):
        await self._voice.ws.speak(discord.SpeakingState.voice)

    async def play(self, *, frames):
        loop = asyncio.get_running_loop()
        ended = loop.create_future()
        source = Frames(bytes.fromhex(frame) for frame in frames)
        self._voice.play(source, after=lambda error: loop.call_soon_threadsafe(ended.set_result, error))
        if error := await ended:
            raise error

    async def leave(self):
        await self._voice.disconnect()

    @property
    def _voice(self):
        return self._client.voice_clients[0]

    def _code(self):
        return self._voice.voice_privacy_code if self._client.voice_clients else None

    def _heard(self, user_id, frame):
        self._lines.tell(heard={'userId': str(user_id), 'frame': frame.hex()})


def ready(user_id, guild_id, channel_ids):
    """READY with its guild in full: what the client must know of the world."""
    user = {'id': user_id, 'username': 'stranger', 'discriminator': '0', 'global_name': None, 'avatar': None, 'bot': True}
    member = {'user': user, 'roles': [], 'joined_at': '2026-01-01T00:00:00+00:00', 'deaf': False, 'mute': False, 'flags': 0}
    channels = [
        {'id': id, 'type': VOICE_CHANNEL, 'name': id, 'position': 0, 'bitrate': 64_000, 'user_limit': 0, 'permission_overwrites': []}
        for id in channel_ids
    ]
    guild = {'id': guild_id, 'name': 'guild', 'owner_id': user_id, 'member_count': 1, 'members': [member], 'channels': channels}
    return {'v': 10, 'user': user, 'session_id': 'session', 'application': {'id': user_id, 'flags': 0}, 'guilds': [guild]}


async def main():
    lines = Lines()
    await lines.serve(Stranger(lines))


asyncio.run(main())
