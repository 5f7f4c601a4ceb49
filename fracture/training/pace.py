"""How fast a phase of a training goes, and how long the rest of it takes."""

from dataclasses import dataclass

from tqdm import tqdm


@dataclass
class Pace:
    """Learns from the times, in seconds, at which a phase, its epochs and batches begin and end.

    Attributes:
        steps: Batches in an epoch.
        images: Radiographs in a batch.
        batch: Seconds of a batch of the present epoch, once they are known.
        usual: Those of the epoch before.
        others: Seconds of the epoch before that were not its batches': validation, its state.
    """

    steps: int
    images: int
    batch: float | None = None
    usual: float | None = None
    others: float = 0.0

    def begin_phase(self, now: float) -> None:
        """Start the clock of the first epoch."""
        self.ended = now

    def begin_epoch(self, now: float) -> None:
        """Start the clock of the epoch's batches."""
        self.began, self.batch = now, None
        self.since = None if self.usual is None else (0, now)

    def end_batches(self, done: int, now: float) -> None:
        """Take note that so many batches of the epoch have ended."""
        self.last = now
        if self.since is None and done < self.steps:
            # The first batch of a phase is compiled, which says nothing about those to come.
            self.since = done, now
            return
        before, since = self.since or (0, self.began)
        self.batch = (now - since) / (done - before)

    def end_epoch(self, now: float) -> float:
        """Return the seconds since the epoch before ended."""
        seconds = now - self.ended
        self.others = seconds - (self.last - self.began)
        self.ended, self.usual = now, self.batch
        return seconds

    def left(self, epochs: int, done: int) -> float | None:
        """Return the seconds that the rest of the phase takes, once they can be told.

        Args:
            epochs: Those that have not ended; the present one is among them.
            done: Batches of the present one that have ended.
        """
        if self.usual is None:
            batch = self.batch
        else:  # of the present epoch the more, the further it is
            present = self.usual if self.batch is None else self.batch
            batch = (self.usual * self.steps + present * done) / (self.steps + done)
        return batch and batch * (self.steps * epochs - done) + self.others * epochs

    @property
    def images_per_second(self) -> float:
        """Radiographs learned from in a second of the present epoch, validation left aside."""
        return self.images / self.batch if self.batch else 0.0


def speed(images_per_second: float) -> str:
    """Return a number of images a second with its unit, such as `1,234 images/s`."""
    digits = 0 if images_per_second >= 10 else 1  # noqa: PLR2004 - two digits either way
    return f"{images_per_second:,.{digits}f} images/s"


def duration(seconds: float) -> str:
    """Return seconds with their unit, such as `0.25 s`; from two minutes on, such as `02:05`."""
    if seconds >= 120:  # noqa: PLR2004
        return tqdm.format_interval(seconds)
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.2f} s"  # noqa: PLR2004
