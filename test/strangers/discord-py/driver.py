"""discord.py with its own DAVE, the library davey."""

import asyncio

import davey
import discord
from discord.voice_state import VoiceConnectionState

from bot import Bot
from connection_state import listening
from lines import Lines


async def main():
    versions = f'discord.py {discord.__version__}', f'davey {davey.__version__}'
    connect = listening(discord.VoiceClient, VoiceConnectionState)
    lines = Lines()
    await lines.serve(Bot(lines, discord, versions, connect, lambda voice: voice.voice_privacy_code))


asyncio.run(main())
