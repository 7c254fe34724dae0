"""
discord.py and its forks in a call, unpatched: a real `Client` with its real cache gets the dispatches of the test in place of a gateway
socket, and connects to a real `VoiceChannel`. Two parts are replaced: text that its gateway would send goes to the test, and this module
makes the HTTP session that a login would make.
"""

import asyncio
import json
import platform

import aiohttp

from lines import watch

SPEAKING = 5
VOICE_CHANNEL = 2
# Seconds for each connection; the libraries' default is 30. The socket reader of discord.py and py-cord waits in a `select` of 30 s that the
# end of the socket does not wake; if nobody speaks meanwhile, the next connection gets no IP discovery until it has timed out.
CONNECT_TIMEOUT = 60


class GatewaySocket:
    """Replaces the bot gateway's WebSocket: what is sent goes to the test."""

    def __init__(self, lines):
        self._lines = lines

    async def send_str(self, text):
        self._lines.tell(command=json.loads(text))


class Bot:
    """
    Carries out the requests of the test as a bot would.

    library            the module, `discord` or `disnake`
    versions           the library's version, and its end-to-end encryption library
    connect(channel, timeout, heard)   a coroutine: connects, and listens with the voice client
    privacy_code(voice)                the code of the current group, or None
    """

    def __init__(self, lines, library, versions, connect, privacy_code):
        self._lines = lines
        self._library = library
        self._versions = versions
        self._connect = connect
        self._privacy_code = privacy_code
        self._client = library.Client(intents=library.Intents(guilds=True, voice_states=True))

    async def begin(self, *, userId, guildId, channelIds):
        gateway = self._library.gateway
        loop = asyncio.get_running_loop()
        client = self._client
        client.http._HTTPClient__session = aiohttp.ClientSession(ws_response_class=gateway.DiscordClientWebSocketResponse)
        if hasattr(client, '_async_setup_hook'):
            await client._async_setup_hook()
        client.ws = gateway.DiscordWebSocket(GatewaySocket(self._lines), loop=loop)
        self.dispatch('READY', ready(userId, guildId, channelIds))
        self._watching = loop.create_task(watch(self._code, lambda code: self._lines.tell(code=code)))
        name, encryption = self._versions
        return {'library': name, 'beside': f'{encryption}, Python {platform.python_version()}'}

    def dispatch(self, t, d):
        """Handles a gateway event as `DiscordWebSocket` does."""
        self._client._connection.parsers[t](d)

    async def join(self, *, channelId):
        await self._connect(self._client.get_channel(int(channelId)), CONNECT_TIMEOUT, self._heard)

    async def introduce(self):
        await self._voice.ws.speak()

    async def play(self, *, frames):
        loop = asyncio.get_running_loop()
        ended = loop.create_future()
        source = source_of(self._library, (bytes.fromhex(frame) for frame in frames))
        self._voice.play(source, after=lambda error: loop.call_soon_threadsafe(ended.set_result, error))
        if error := await ended:
            raise error

    async def leave(self):
        await self._voice.disconnect()

    @property
    def _voice(self):
        return self._client.voice_clients[0]

    def _code(self):
        return self._privacy_code(self._voice) if self._client.voice_clients else None

    def _heard(self, user_id, frame):
        self._lines.tell(heard={'userId': str(user_id), 'frame': frame.hex()})


def source_of(library, frames):
    """A source of given Opus frames; after the last, b'' ends the playback."""

    class Frames(library.AudioSource):
        def read(self):
            return next(frames, b'')

        def is_opus(self):
            return True

    return Frames()


def ready(user_id, guild_id, channel_ids):
    """A READY with the complete guild, which is all that the client must know."""
    user = {'id': user_id, 'username': 'stranger', 'discriminator': '0', 'global_name': None, 'avatar': None, 'bot': True}
    member = {'user': user, 'roles': [], 'joined_at': '2026-01-01T00:00:00+00:00', 'deaf': False, 'mute': False, 'flags': 0}
    channels = [
        {'id': id, 'type': VOICE_CHANNEL, 'name': id, 'position': 0, 'bitrate': 64_000, 'user_limit': 0, 'permission_overwrites': []}
        for id in channel_ids
    ]
    guild = {'id': guild_id, 'name': 'guild', 'owner_id': user_id, 'member_count': 1, 'members': [member], 'channels': channels}
    return {'v': 10, 'user': user, 'session_id': 'session', 'application': {'id': user_id, 'flags': 0}, 'guilds': [guild]}
