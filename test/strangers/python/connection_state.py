"""discord.py and py-cord keep their voice connection in a `VoiceConnectionState`, with the library davey, so one listener serves both."""

from functools import partial

import davey

from bot import SPEAKING
from ear import Ear


def listening(voice_client, connection_state):
    """
    Returns a coroutine function that connects to a channel, for `Bot`. Its voice client overrides the same method as extensions that receive
    audio, where the voice gateway's messages can be seen.
    """

    class ListeningClient(voice_client):
        def __init__(self, heard, client, channel):
            self._ear = Ear(lambda: bytes(self.secret_key), self._decrypt, heard)
            super().__init__(client, channel)

        def create_connection_state(self):
            return connection_state(self, hook=self._on_message)

        def listen(self):
            """Called once a socket exists, because the reader would spin without one. The reader is a thread; the rest runs in the loop's."""
            self._connection.add_socket_listener(partial(self.loop.call_soon_threadsafe, self._ear.take))

        async def _on_message(self, socket, message):
            # py-cord uses this hook itself.
            if hasattr(self, '_recv_hook'):
                await self._recv_hook(socket, message)
            if message['op'] == SPEAKING:
                self._ear.introduce(message['d']['ssrc'], int(message['d']['user_id']))

        def _decrypt(self, user_id, frame):
            if self._connection.dave_protocol_version == 0:
                return frame
            return self._connection.dave_session.decrypt(user_id, davey.MediaType.audio, frame)

    async def connect(channel, timeout, heard):
        voice = await channel.connect(cls=partial(ListeningClient, heard), timeout=timeout)
        voice.listen()

    return connect
