"""What Prometheus asks for."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
BATCHES = (1, 2, 4, 8, 16, 32)


class Measures:
    """Counters of one service; no label holds what a client sent."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self.requests = Counter(
            "fracture_requests_total", "Requests.", ["route", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "fracture_request_seconds", "Until the last byte of a response.", ["route"],
            buckets=SECONDS, registry=self._registry,
        )  # fmt: skip
        self.radiographs = Counter(
            "fracture_radiographs_total", "Radiographs.", ["outcome"], registry=self._registry
        )
        self.batches = Histogram(
            "fracture_batch_radiographs", "Radiographs that were predicted together.",
            buckets=BATCHES, registry=self._registry,
        )  # fmt: skip
        self._now = {
            name: Gauge(f"fracture_{name}", says, registry=self._registry)
            for name, says in (
                ("ready", "Whether the system is loaded."),
                ("waiting_radiographs", "Radiographs that wait to be predicted."),
                ("worker_starts", "How often the process that predicts was started."),
                ("worker_memory_bytes", "Its resident memory."),
            )
        }

    def text(self, **now: float) -> bytes:
        """Return all in Prometheus' format.

        Args:
            **now: What gauges say, by name.
        """
        for name, value in now.items():
            self._now[name].set(value)
        return generate_latest(self._registry)
