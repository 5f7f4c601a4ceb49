"""The optimiser of a phase: algorithm, learning-rate schedule, weight decay, weight averaging."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import keras

from fracture.params.train import Train


class _Scaled:
    """Scales the learning rate of single variables (Howard and Ruder, ACL 2018)."""

    def __init__(self, *arguments: Any, scales: Mapping[str, float], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.scales = scales

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        """Update a variable at its own learning rate."""
        # The variable may be the backend's own here, which has no path.
        known = self._trainable_variables[self._get_variable_index(variable)]  # type: ignore[attr-defined]
        scale = self.scales.get(known.path, 1.0)
        super().update_step(gradient, variable, learning_rate * scale)  # type: ignore[misc]


class ScaledAdam(_Scaled, keras.optimizers.Adam):
    """Adam with a learning rate for each variable."""


class ScaledAdamW(_Scaled, keras.optimizers.AdamW):
    """AdamW with a learning rate for each variable."""


OPTIMIZERS = {"adam": keras.optimizers.Adam, "adamw": keras.optimizers.AdamW}
DISCRIMINATIVE = {"adam": ScaledAdam, "adamw": ScaledAdamW}


def optimizer(
    settings: Train, learning_rate: float, steps: int, scales: Mapping[str, float]
) -> Any:
    """Return a Keras optimiser.

    Args:
        settings: Algorithm, schedule, warm-up, weight decay, `ema`.
        learning_rate: At its peak.
        steps: Of the whole phase.
        scales: Of the learning rate, by the path of a variable; 1 for those not named.

    References:
        Averaged weights: Polyak and Juditsky, SIAM Journal on Control and Optimization 30 (1992).
    """
    rate: Any = learning_rate
    if settings.schedule == "cosine":
        warmup = round(settings.warmup * steps)
        rate = keras.optimizers.schedules.CosineDecay(
            0.0, steps - warmup, warmup_target=rate, warmup_steps=warmup
        )
    named: Any = OPTIMIZERS[settings.optimizer]
    if scales:
        named = partial(DISCRIMINATIVE[settings.optimizer], scales=scales)
    return named(
        rate,
        weight_decay=settings.weight_decay,
        use_ema=settings.ema > 0,
        ema_momentum=settings.ema,
    )
