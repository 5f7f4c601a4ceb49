"""What has come of an archive so far, kept beside it between attempts and between runs."""

from pathlib import Path


class Partial:
    """The first bytes of an archive, and the ETag of the file that they were taken from."""

    def __init__(self, archive: Path) -> None:
        self.path = archive.with_name(f"{archive.name}.part")
        self._tag_path = archive.with_name(f"{archive.name}.part.etag")

    @property
    def size(self) -> int:
        """How many bytes have come."""
        return self.path.stat().st_size if self.path.exists() else 0

    @property
    def tag(self) -> str:
        """The ETag that came with them, empty if none did."""
        return self._tag_path.read_text("latin-1") if self._tag_path.exists() else ""

    def start(self, tag: str) -> None:
        """Begin anew, with no bytes yet."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.write_bytes(b"")  # first: old bytes never stand beside a new tag
        self._tag_path.write_text(tag, "latin-1")

    def discard(self) -> None:
        """Forget all that has come."""
        self.path.unlink(missing_ok=True)
        self._tag_path.unlink(missing_ok=True)

    def keep_as(self, archive: Path) -> None:
        """Put the complete bytes in place."""
        self.path.replace(archive)
        self._tag_path.unlink(missing_ok=True)
