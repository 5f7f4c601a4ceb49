"""The one error of everything that decodes."""


class UnreadableImage(Exception):  # noqa: N818 - read as "this image is unreadable"
    """A file that yields no whole radiograph; the message is a short reason, without its name."""
