"""
The Merkle tree of RFC 9162, section 2: SHA-256, leaves hashed after a byte 0, nodes after a byte 1.

Nothing is rebuilt: the frontier (the roots of the complete subtrees, at most one of each height) takes a leaf in
O(log n), and a proof is put together from O(log n) hashes of complete subtrees, which never change once they are
there. The subtree of height h that leaf i completes is kept beside leaf i (`Subtree.last_leaf`).

Pymerkle 7 holds to the RFC too, and the tests' vectors were compared with it. It is under the GPL, keeps leaves only,
so that a start hashes the whole log again, and writes proofs in a form of its own: an outsider must be able to check
a receipt with what the RFC says and nothing else.

Sizes and indexes are those of the RFC: leaf `index` counts from 0, a tree of `size` has leaves 0 to size - 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

HASH_BYTES = 32
EMPTY_ROOT = sha256(b"").digest()

Span = tuple[int, int]
"""Leaves from the first number to before the second."""


@dataclass(frozen=True, slots=True)
class Subtree:
    """A complete subtree: the `index`th of those with 2**height leaves."""

    height: int
    index: int

    @property
    def last_leaf(self) -> int:
        """
        Tell the leaf that completes it.

        >>> Subtree(height=2, index=1).last_leaf
        7
        """
        return ((self.index + 1) << self.height) - 1


def leaf_hash(data: bytes) -> bytes:
    """
    Hash an entry.

    >>> leaf_hash(b"").hex()[:16]
    '6e340b9cffb37a98'
    """
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two subtrees that stand side by side into the one above."""
    return sha256(b"\x01" + left + right).digest()


def fold(hashes: Sequence[bytes]) -> bytes:
    """Hash complete subtrees, the largest first, into the root over them all; none give the empty tree's root."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


class Frontier:
    """
    A tree that only grows, kept as the roots of its complete subtrees.

    >>> tree = Frontier()
    >>> [len(tree.append(leaf_hash(bytes([n])))) for n in range(8)]
    [1, 2, 1, 3, 1, 2, 1, 4]
    """

    def __init__(self, size: int = 0, hashes: Iterable[bytes] = ()) -> None:
        """
        Go on from a tree of `size`.

        Args:
            hashes: Those of `subtrees((0, size))`, in that order.

        Raises:
            ValueError: Their number does not fit the size.
        """
        self.size = size
        self.hashes = list(hashes)
        if len(self.hashes) != size.bit_count():
            raise ValueError(
                f"a tree of {size} has {size.bit_count()} complete subtrees, not {len(self.hashes)}"
            )

    def append(self, leaf: bytes) -> list[bytes]:
        """
        Add a leaf by its hash.

        Returns:
            The hashes of every subtree that it completes, by height: itself first.
        """
        completed = [leaf]
        size = self.size
        while size & 1:
            completed.append(node_hash(self.hashes.pop(), completed[-1]))
            size >>= 1
        self.hashes.append(completed[-1])
        self.size += 1
        return completed

    def root(self) -> bytes:
        """Tell the root of the tree as it is now."""
        return fold(self.hashes)


def subtrees(span: Span) -> list[Subtree]:
    """
    Cut a span into complete subtrees, from left to right.

    Args:
        span: One that a proof or a frontier asks for: it begins at 0 or at a multiple of a power of two that is at
            least as long as it.

    >>> subtrees((0, 6))
    [Subtree(height=2, index=0), Subtree(height=1, index=2)]
    """
    start, end = span
    found = []
    while start < end:
        height = (end - start).bit_length() - 1
        found.append(Subtree(height, start >> height))
        start += 1 << height
    return found


def inclusion_spans(index: int, size: int) -> list[Span]:
    """
    List the spans whose hashes prove that a leaf is in a tree, from the leaf to the root (RFC 9162, 2.1.3.1).

    Raises:
        ValueError: The tree has no such leaf.

    >>> inclusion_spans(2, 7)
    [(3, 4), (0, 2), (4, 7)]
    """
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} has no leaf {index}")
    start, end = 0, size
    spans = []
    while end - start > 1:
        middle = start + _left_width(end - start)
        if index < middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    return spans[::-1]


def consistency_spans(first: int, second: int) -> list[Span]:
    """
    List the spans whose hashes prove that a tree grew out of an earlier one (RFC 9162, 2.1.4.1).

    Raises:
        ValueError: The first is empty, or larger than the second.

    >>> consistency_spans(3, 7)
    [(2, 3), (3, 4), (0, 2), (4, 7)]
    """
    if not 0 < first <= second:
        raise ValueError(f"a tree of {second} did not grow out of one of {first}")
    start, end = 0, second
    spans = []
    while first < end:
        middle = start + _left_width(end - start)
        if first <= middle:
            spans.append((middle, end))
            end = middle
        else:
            spans.append((start, middle))
            start = middle
    # The earlier tree's own root is known to who asks.
    if start > 0:
        spans.append((start, end))
    return spans[::-1]


def prove(spans: Sequence[Span], hash_of: Callable[[Subtree], bytes]) -> list[bytes]:
    """Put a proof together from the hashes of complete subtrees."""
    return [fold([hash_of(each) for each in subtrees(span)]) for span in spans]


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Check a proof of inclusion, step by step as RFC 9162, 2.1.3.2 says."""
    if not 0 <= index < size:
        return False
    node, last = index, size - 1
    result = leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            result = node_hash(sibling, result)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            result = node_hash(result, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and result == root


def is_consistent(
    first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Check a proof of consistency, step by step as RFC 9162, 2.1.4.2 says; every tree grew out of the empty one."""
    if first == 0:
        return first_root == EMPTY_ROOT and not proof
    if first == second:
        return first_root == second_root and not proof
    if not 0 < first < second:
        return False
    path = [first_root, *proof] if first.bit_count() == 1 else list(proof)
    if not path:
        return False
    node, last = first - 1, second - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    old = new = path[0]
    for each in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            old, new = node_hash(each, old), node_hash(each, new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            new = node_hash(new, each)
        node, last = node >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _left_width(width: int) -> int:
    """Tell the largest power of two that is smaller than a width of 2 or more."""
    return 1 << (width - 1).bit_length() - 1
