"""py-cord with its own DAVE, the library davey. Its recording feature is not used, because it decodes the audio and fills in silence."""

import asyncio

import davey
import discord
from discord.voice import VoiceClient
from discord.voice.state import VoiceConnectionState

from bot import Bot
from connection_state import listening
from lines import Lines


async def main():
    versions = f'py-cord {discord.__version__}', f'davey {davey.__version__}'
    connect = listening(VoiceClient, VoiceConnectionState)
    lines = Lines()
    await lines.serve(Bot(lines, discord, versions, connect, lambda voice: voice.privacy_code))


asyncio.run(main())
