"""JSON lines with the test that started this process: dispatches and questions in, commands, answers and news out. ../README.md lists them."""

import asyncio
import json
import os
import sys
import threading
import traceback


class Lines:
    """Standard input and output as a conversation. All but `_read` runs in the thread of the event loop."""

    def __init__(self):
        # What a library prints must not come between the lines.
        self._out = os.fdopen(os.dup(1), 'w')
        os.dup2(2, 1)
        self._tasks = set()

    def tell(self, **line):
        """Says something that was not asked for, or answers."""
        self._out.write(json.dumps(line) + '\n')
        self._out.flush()

    async def serve(self, stranger):
        """Hands each line to the stranger, in order; ends the process when there are no more."""
        loop = asyncio.get_running_loop()
        lines = asyncio.Queue()
        threading.Thread(target=self._read, args=(loop, lines), daemon=True).start()
        while True:
            line = await lines.get()
            if 'dispatch' in line:
                stranger.dispatch(**line['dispatch'])
                continue
            # A task of its own: a question may wait for a dispatch that comes after it.
            task = loop.create_task(self._answer(stranger, **line))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _answer(self, stranger, *, id, ask, body):
        try:
            self.tell(id=id, value=await getattr(stranger, ask)(**body))
        except Exception as error:
            traceback.print_exc(file=sys.stderr)
            self.tell(id=id, error=f'{type(error).__name__}: {error}')

    def _read(self, loop, lines):
        for line in sys.stdin:
            loop.call_soon_threadsafe(lines.put_nowait, json.loads(line))
        # Nobody is there any more. Threads of the library may be in the midst of something; they are not waited for.
        os._exit(0)


async def watch(look, tell, interval=0.05):
    """Tells what `look` sees, whenever it has changed: for what a library has and does not announce. Seconds."""
    seen = None
    while True:
        sight = look()
        if sight != seen:
            seen = sight
            tell(sight)
        await asyncio.sleep(interval)
