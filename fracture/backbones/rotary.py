"""Attention that knows where patches lie by turning what it compares; all that loading needs."""

from typing import Any

import keras
import numpy as np
import numpy.typing as npt
from keras import ops

BASE = 100.0
"""How many times as fast the fastest angle grows as one a step beyond the slowest would."""


class RotaryAttention(keras.layers.MultiHeadAttention):
    """Multi-head attention with rotary position embeddings.

    As DINOv3 has them (Simeoni et al., 2025, arXiv:2508.10104; Su et al., "RoFormer", 2021,
    arXiv:2104.09864): queries and keys of the patches are turned by angles that grow with row and
    column, so that their products depend on how far they lie apart. Tokens before the patches are
    not turned.

    Args:
        num_heads: Of attention.
        key_dim: Channels of a head, a multiple of 4.
        rows: Of patches.
        columns: Of patches; the last rows * columns tokens are theirs.
        **options: Of Keras' layer.
    """

    def __init__(
        self, num_heads: int, key_dim: int, rows: int, columns: int, **options: Any
    ) -> None:
        super().__init__(num_heads, key_dim, **options)
        self.rows, self.columns = rows, columns

    def get_config(self) -> dict[str, Any]:
        """Return all that `__init__` takes."""
        return {**super().get_config(), "rows": self.rows, "columns": self.columns}

    def _compute_attention(self, query: Any, key: Any, *others: Any, **named: Any) -> Any:
        # Which Keras lets users override.
        return super()._compute_attention(self._turn(query), self._turn(key), *others, **named)

    def _turn(self, heads: Any) -> Any:
        """Turn (n, tokens, heads, channels), channel i with channel i + channels / 2."""
        before = heads.shape[1] - self.rows * self.columns
        turns = angles(self.rows, self.columns, self.key_dim // 2)
        turns = np.pad(turns, ((before, 0), (0, 0)))[:, None]
        cosine, sine = np.cos(turns), np.sin(turns)
        # In float32 whatever the precision policy: in 16 bits neighbours would get one angle.
        first, second = ops.split(ops.cast(heads, "float32"), 2, axis=-1)
        turned = [first * cosine - second * sine, second * cosine + first * sine]
        return ops.cast(ops.concatenate(turned, axis=-1), heads.dtype)


def angles(rows: int, columns: int, count: int) -> npt.NDArray[np.float32]:
    """Return by how much each patch is turned, float32 (rows * columns, count), radians.

    The first half of the angles grows with the row, the second with the column, from the middle of
    the radiograph, which is 2 high and 2 wide whatever its size.

    Args:
        rows: Of patches.
        columns: Of patches.
        count: An even number.
    """
    frequencies = BASE ** -(np.arange(count // 2, dtype=np.float32) / np.float32(count // 2))
    y, x = ((np.arange(n, dtype=np.float32) + 0.5) / n * 2 - 1 for n in (rows, columns))
    turns = np.empty((rows, columns, 2, count // 2), np.float32)
    turns[:, :, 0] = y[:, None, None] * frequencies
    turns[:, :, 1] = x[None, :, None] * frequencies
    return np.float32(2 * np.pi) * turns.reshape(rows * columns, count)
