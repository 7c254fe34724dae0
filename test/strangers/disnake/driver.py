"""disnake with dave.py, a binding of libdave, Discord's own implementation. It can decrypt, but leaves receiving to extensions."""

import asyncio
from functools import partial

import dave
import disnake

from bot import SPEAKING, Bot
from ear import Ear
from lines import Lines

MOST_BYTES = 2048


class ListeningClient(disnake.VoiceClient):
    """Reads the library's socket through a duplicate descriptor, after the handshake has read its answer."""

    def __init__(self, heard, client, channel):
        super().__init__(client, channel)
        self._ear = Ear(lambda: bytes(self.secret_key), self._decrypt, heard)
        self._listening = None
        # For each user: the decryptor, and the epoch of its key.
        self._decryptors = {}

    async def connect_websocket(self, *, resume=False):
        await super().connect_websocket(resume=resume)
        # This sets the gateway's parameter `hook`, which cannot be passed from outside.
        self.ws._hook = self._on_message
        self._deafen()
        self._listening = self.socket.dup()
        self.loop.add_reader(self._listening, lambda socket: self._ear.take(socket.recv(MOST_BYTES)), self._listening)

    def cleanup(self):
        self._deafen()
        super().cleanup()

    def _deafen(self):
        if self._listening is not None:
            self.loop.remove_reader(self._listening)
            self._listening.close()
            self._listening = None

    async def _on_message(self, _, message):
        if message['op'] == SPEAKING:
            self._ear.introduce(message['d']['ssrc'], int(message['d']['user_id']))

    def _decrypt(self, user_id, frame):
        """Uses a key ratchet for each sender and epoch, as libdave requires. Without a group, returns the frame unchanged."""
        session = self.dave._session
        if not session.has_established_group():
            return frame
        epoch = session.get_last_epoch_authenticator()
        known, decryptor = self._decryptors.get(user_id, (None, None))
        if known != epoch:
            decryptor = decryptor or dave.Decryptor()
            decryptor.transition_to_key_ratchet(session.get_key_ratchet(str(user_id)))
            self._decryptors[user_id] = epoch, decryptor
        plain = decryptor.decrypt(dave.MediaType.audio, frame)
        if plain is None:
            raise ValueError('libdave has no key for it')
        return plain


async def connect(channel, timeout, heard):
    await channel.connect(cls=partial(ListeningClient, heard), timeout=timeout)


async def main():
    versions = f'disnake {disnake.__version__}', f'dave.py {dave.__version__}'
    lines = Lines()
    await lines.serve(Bot(lines, disnake, versions, connect, lambda voice: voice.dave.voice_privacy_code))


asyncio.run(main())
