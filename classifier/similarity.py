"""Is this the same submission again? A digest of the normalised words, and a MinHash for near copies.

Channels change line breaks, quote marks, accents and a few characters; so words are folded, short ones and numbers of
pages dropped. The MinHash is over pairs of neighbouring words, 64 permutations, the same for ever (seeded).
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from classifier.reading_view import View
from mailroom.document import Document
from mailroom.finding import Finding, Where

BY = "similarity/1"
PERMUTATIONS = 64
_WORD = re.compile(r"[a-z]{3,}|\d{3,}")


def _coefficients() -> tuple[tuple[int, int], ...]:
    drawn = []
    for number in range(PERMUTATIONS):
        seed = hashlib.sha256(f"minhash {number}".encode()).digest()
        drawn.append((int.from_bytes(seed[:7], "big") | 1, int.from_bytes(seed[8:15], "big")))
    return tuple(drawn)


_FACTORS, _TERMS = (np.array(column, dtype=np.uint64) for column in zip(*_coefficients(), strict=True))


def examine(view: View, documents: Sequence[Document]) -> tuple[Finding, ...]:
    """`content_digest` and `minhash`; none for an item without words."""
    words = [w for p in view.passages if p.where is not Where.QUOTED for w in _WORD.findall(p.plain)]
    attached = sorted(d.digest for d in documents if not d.carrier)
    if not words and not attached:
        return ()
    digest = hashlib.sha256("\n".join([" ".join(words), *attached]).encode()).hexdigest()
    findings = [Finding(kind="content_digest", value=digest, confidence=1.0, by=BY)]
    if len(words) >= 8:
        signature = ",".join(map(str, minhash(words)))
        findings.append(Finding(kind="minhash", value=signature, confidence=1.0, by=BY))
    return tuple(findings)


def minhash(words: Sequence[str]) -> tuple[int, ...]:
    """64 minima over the pairs of neighbouring words; equal share of places estimates the Jaccard likeness."""
    pairs = set(map(" ".join, itertools.pairwise(words))) or set(words)
    digests = b"".join([blake2b(pair.encode(), digest_size=4).digest() for pair in pairs])
    hashes = np.frombuffer(digests, dtype=">u4").astype(np.uint64)
    mixed = hashes[None, :] * _FACTORS[:, None] + _TERMS[:, None]
    return tuple((mixed.min(axis=1) >> np.uint64(32)).tolist())


def likeness(one: Sequence[int], other: Sequence[int]) -> float:
    """Estimated Jaccard likeness of two MinHashes."""
    if not one or len(one) != len(other):
        return 0.0
    return sum(a == b for a, b in zip(one, other, strict=True)) / len(one)
