"""JSON lines exchanged with the test that started this process: dispatches and questions in; commands, answers and news out. See ../README.md."""

import asyncio
import json
import os
import sys
import threading
import traceback


class Lines:
    """The line protocol over standard input and output. All but `_read` runs in the thread of the event loop."""

    def __init__(self):
        # Output printed by a library must not mix with the lines.
        self._out = os.fdopen(os.dup(1), 'w')
        os.dup2(2, 1)
        self._tasks = set()

    def tell(self, **line):
        """Sends an unsolicited message, or an answer."""
        self._out.write(json.dumps(line) + '\n')
        self._out.flush()

    async def serve(self, stranger):
        """Passes each line to the stranger, in order; ends the process when there are no more."""
        loop = asyncio.get_running_loop()
        lines = asyncio.Queue()
        threading.Thread(target=self._read, args=(loop, lines), daemon=True).start()
        while True:
            line = await lines.get()
            if 'dispatch' in line:
                stranger.dispatch(**line['dispatch'])
                continue
            # In a separate task, because a question may wait for a dispatch that comes after it.
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
        # The test has gone. Threads of the library that are still busy are not waited for.
        os._exit(0)


async def watch(look, tell, interval=0.05):
    """Calls `tell` with the result of `look` when it changes, for state that a library does not announce. `interval` is in seconds."""
    seen = None
    while True:
        sight = look()
        if sight != seen:
            seen = sight
            tell(sight)
        await asyncio.sleep(interval)
