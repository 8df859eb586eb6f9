"""What a server tells a Prometheus that scrapes it, as OpenMetrics. Importing it needs the extra `metrics`."""

from collections import Counter
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, InfoMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.openmetrics.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

from smartcal_api import __version__
from smartcal_api.journal.counts import BOUNDS, Counts
from smartcal_api.sandbox.registry import Registry
from smartcal_api.webhooks.log import DeliveryLog

MEDIA_TYPE = CONTENT_TYPE_LATEST
_SECOND = 1_000_000


def exposition(registry: Registry) -> bytes:
    """Everything as it is now; nothing of it is kept between two scrapes."""
    metrics = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=metrics)
    metrics.register(_Server(registry))
    text: bytes = generate_latest(metrics)  # type: ignore[no-untyped-call]  # in a typed package, this one isn't
    return text


class _Server(Collector):
    def __init__(self, registry: Registry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Metric]:
        yield InfoMetricFamily("smartcal", "Which one it is.", value={"version": __version__})
        yield from _requests(self._registry.counts)
        yield GaugeMetricFamily("smartcal_sandboxes", "Sandboxes that there are.", value=len(self._registry))
        yield CounterMetricFamily("smartcal_sandboxes_removed", "Sandboxes removed.", value=self._registry.removed)
        yield CounterMetricFamily(
            "smartcal_sandboxes_refused", "Sandboxes that there was no room for.", value=self._registry.refused
        )
        yield GaugeMetricFamily(
            "smartcal_draining", "Whether no more sandboxes are taken.", value=self._registry.draining
        )
        yield GaugeMetricFamily(
            "smartcal_longest_stall_seconds",
            "The longest that the event loop was held up since it was asked last.",
            value=self._registry.counts.longest_stall,
        )
        self._registry.counts.longest_stall = 0.0
        yield self._deliveries()

    def _deliveries(self) -> Metric:
        counted: Counter[str] = Counter()
        for sandbox in self._registry:
            counted.update(DeliveryLog(sandbox.store).counts())
        family = GaugeMetricFamily("smartcal_deliveries", "Webhook deliveries by state.", labels=["state"])
        for state, count in sorted(counted.items()):
            family.add_metric([state], count)
        return family


def _requests(counts: Counts) -> Iterator[Metric]:
    total = CounterMetricFamily(
        "smartcal_requests", "Requests to the product, by operation and status.", labels=["operation", "status"]
    )
    took = HistogramMetricFamily(
        "smartcal_request_duration_seconds", "How long they took, from head to answer.", labels=["operation"]
    )
    rows: dict[str, list[int]] = {}
    for (operation, status), row in sorted(counts.rows.items(), key=lambda each: (each[0][0] or "", each[0][1])):
        name = operation or ""
        total.add_metric([name, str(status)], sum(row[1:]))
        rows[name] = [sum(pair) for pair in zip(rows.get(name, [0] * len(row)), row, strict=True)]
    for name, (duration, *buckets) in rows.items():
        bounds = [*(str(bound / _SECOND) for bound in BOUNDS), "+Inf"]
        reached = [sum(buckets[: number + 1]) for number in range(len(buckets))]
        took.add_metric([name], list(zip(bounds, reached, strict=True)), duration / _SECOND)
    yield total
    yield took
