"""The one error of everything that decodes, and the warnings of image libraries held back."""

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

_filters = threading.Lock()


class UnreadableImage(Exception):  # noqa: N818 - read as "this image is unreadable"
    """A file that yields no whole radiograph; the message is a short reason, without its name."""


@contextmanager
def warnings_held(*errors: type[Warning]) -> Iterator[None]:
    """Let no warning out while the block runs: they fill the screen, or quote what is private.

    Warning filters belong to the whole process, so one thread at a time changes them: every module
    that does it has to do it here.

    Args:
        *errors: Warnings that are raised as errors instead.
    """
    with _filters, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for category in errors:
            warnings.simplefilter("error", category)
        yield
