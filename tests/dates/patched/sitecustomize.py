"""Has every Python process that `make dates` starts sleep by `select`.

With libfaketime `time.sleep` fails with EINVAL where the monotonic clock is left alone, and where that is faked as
well, whoever waits by it crawls.
"""

import select
import time


def _sleep(seconds: float) -> None:
    select.select((), (), (), seconds)


time.sleep = _sleep
