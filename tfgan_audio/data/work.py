"""Files in parallel, in order, with a progress bar on stderr."""

import os
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def ordered_map(
    function: Callable[[Item], Result],
    items: Sequence[Item],
    what: str,
    num_threads: int | None = None,
) -> Iterator[Result]:
    """Apply `function` to every item with threads; yield results in the order of the items.

    Threads suffice because decoding, resampling and hashing release the interpreter lock. Only a
    few results are held at a time, so the items may be large. An exception ends the iteration.

    Args:
        function: Called with one item.
        items: The things to work on.
        what: Word for the progress bar ("scan", "write").
        num_threads: Default: one per core.

    Yields:
        `function(item)` for each item.
    """
    from tqdm import tqdm

    num_threads = num_threads or os.cpu_count() or 1
    waiting: deque[Future[Result]] = deque()
    seconds_between_lines = 0.2 if sys.stderr.isatty() else 10.0
    bar = tqdm(
        total=len(items), desc=what, file=sys.stderr, leave=False, delay=1.0,
        mininterval=seconds_between_lines, dynamic_ncols=True,
    )  # fmt: skip
    pool = ThreadPoolExecutor(num_threads)
    try:
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) >= 2 * num_threads:
                yield waiting.popleft().result()
                bar.update()
        while waiting:
            yield waiting.popleft().result()
            bar.update()
    finally:
        pool.shutdown(cancel_futures=True)
        bar.close()
