"""Large work beside the event loop: whoever is served meanwhile doesn't wait for it (law GUARD 3)."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import NoReturn, TypeVar

Result = TypeVar("Result")
# A body of more bytes than that is read beside the loop: to do so can take a second.
LARGE = 32 * 1024
# At once. Each has a thread of its own, and they take turns at the interpreter with the loop.
_MOST = 8


class Background:
    """Threads end with the process, whatever they are at: a job must leave nothing that half of it would break."""

    def __init__(self) -> None:
        self._places = asyncio.Semaphore(_MOST)

    async def run(
        self,
        job: Callable[[], Result],
        *,
        then: Callable[[Result], object] = lambda _: None,
        last: Callable[[], None] = lambda: None,
    ) -> Result:
        """What a job gives, or raises.

        `then` is called with it in the loop, and `last` after that in any case, before anybody else has a turn there.
        Both are, and the job goes on to its end, also when whoever waits for it gives up. Where there is no loop, there
        is nobody to be held up.
        """
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            result = job()
            then(result)
            last()
            return result
        try:
            await self._places.acquire()
        except BaseException:
            last()
            raise
        done: asyncio.Future[Result] = loop.create_future()

        def end(result: Callable[[], Result]) -> None:
            self._places.release()
            try:
                value = result()
                then(value)
            except BaseException as error:
                done.set_exception(error)
                done.exception()  # nobody may be waiting for it any more
            else:
                done.set_result(value)
            finally:
                last()

        def work() -> None:
            try:
                result = job()
                outcome: Callable[[], Result] = lambda: result  # noqa: E731  # a value, as in the other branch
            except BaseException as error:
                outcome = _raising(error)
            with suppress(RuntimeError):  # the loop has ended, and with it whoever asked
                loop.call_soon_threadsafe(end, outcome)

        Thread(target=work, name="smartcal background", daemon=True).start()
        return await asyncio.shield(done)


def _raising(error: BaseException) -> Callable[[], NoReturn]:
    def outcome() -> NoReturn:
        raise error

    return outcome
