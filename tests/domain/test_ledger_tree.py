"""The Merkle tree of the log, held against the vectors of Certificate Transparency and against proofs made wrong."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.domain.ledger.tree import (
    EMPTY_ROOT,
    Frontier,
    Subtree,
    consistency_spans,
    inclusion_spans,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    prove,
    subtrees,
)

# certificate-transparency, merkletree/merkle_tree_test.cc: eight inputs, the roots of every size, and proofs.
INPUTS = [
    bytes.fromhex(each)
    for each in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
INCLUSION = [
    (0, 1, []),
    (
        0,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        5,
        8,
        [
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
        1,
        5,
        [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]
CONSISTENCY = [
    (1, 1, []),
    (
        1,
        8,
        [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ],
    ),
    (
        6,
        8,
        [
            "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        ],
    ),
    (
        2,
        5,
        [
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        ],
    ),
]


class Tree:
    """A tree that was built once by appending, and whose hashes were kept as the log keeps them."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves
        self.frontier = Frontier()
        self.roots = [EMPTY_ROOT]
        self.kept: list[list[bytes]] = []
        for leaf in leaves:
            self.kept.append(self.frontier.append(leaf))
            self.roots.append(self.frontier.root())

    def hash_of(self, subtree: Subtree) -> bytes:
        return self.kept[subtree.last_leaf][subtree.height]

    def inclusion(self, index: int, size: int) -> list[bytes]:
        return prove(inclusion_spans(index, size), self.hash_of)

    def consistency(self, first: int, second: int) -> list[bytes]:
        return prove(consistency_spans(first, second), self.hash_of)


def root_of(leaves: list[bytes]) -> bytes:
    """MTH of RFC 9162, 2.1.1, word by word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return node_hash(root_of(leaves[:k]), root_of(leaves[k:]))


VECTORS = Tree([leaf_hash(each) for each in INPUTS])
trees = st.integers(1, 130).map(lambda size: Tree([leaf_hash(b"%d" % n) for n in range(size)]))


@pytest.mark.parametrize("size", range(9))
def test_every_size_has_the_published_root(size):
    assert VECTORS.roots[size].hex() == ROOTS[size]


@pytest.mark.parametrize(("index", "size", "proof"), INCLUSION)
def test_inclusion_is_proven_with_the_published_hashes(index, size, proof):
    assert [each.hex() for each in VECTORS.inclusion(index, size)] == proof
    assert is_included(
        VECTORS.leaves[index], index, size, [bytes.fromhex(each) for each in proof], VECTORS.roots[size]
    )


@pytest.mark.parametrize(("first", "second", "proof"), CONSISTENCY)
def test_consistency_is_proven_with_the_published_hashes(first, second, proof):
    assert [each.hex() for each in VECTORS.consistency(first, second)] == proof
    assert is_consistent(
        first,
        VECTORS.roots[first],
        second,
        VECTORS.roots[second],
        [bytes.fromhex(each) for each in proof],
    )


@given(tree=trees)
def test_appending_gives_the_root_that_the_rfc_defines(tree):
    assert tree.roots[-1] == root_of(tree.leaves)


@given(tree=trees, data=st.data())
def test_a_frontier_read_back_from_the_kept_hashes_goes_on_as_if_nothing_had_happened(tree, data):
    size = data.draw(st.integers(0, len(tree.leaves)))

    resumed = Frontier(size, [tree.hash_of(each) for each in subtrees((0, size))])
    for leaf in tree.leaves[size:]:
        resumed.append(leaf)

    assert resumed.root() == tree.roots[-1]


@given(tree=trees, data=st.data())
def test_every_inclusion_is_proven(tree, data):
    size = data.draw(st.integers(1, len(tree.leaves)))
    index = data.draw(st.integers(0, size - 1))

    assert is_included(tree.leaves[index], index, size, tree.inclusion(index, size), tree.roots[size])


@given(tree=trees, data=st.data())
def test_every_consistency_is_proven(tree, data):
    second = data.draw(st.integers(1, len(tree.leaves)))
    first = data.draw(st.integers(1, second))

    proof = tree.consistency(first, second)

    assert is_consistent(first, tree.roots[first], second, tree.roots[second], proof)


@given(tree=trees, data=st.data())
def test_a_changed_inclusion_is_refused(tree, data):
    size = data.draw(st.integers(1, len(tree.leaves)))
    index = data.draw(st.integers(0, size - 1))
    leaf, proof, root = tree.leaves[index], tree.inclusion(index, size), tree.roots[size]
    changes = [
        (flip(leaf, data), index, proof, root),
        (leaf, index, proof, flip(root, data)),
        (leaf, index, [*proof, data.draw(st.binary(min_size=32, max_size=32))], root),
        *([(leaf, index, flip_one(proof, data), root), (leaf, index, proof[:-1], root)] if proof else []),
        *[(leaf, other, proof, root) for other in (index - 1, index + 1, index + size) if other != index],
    ]

    assert not any(is_included(a, i, size, p, r) for a, i, p, r in changes)


@given(tree=trees, data=st.data())
def test_a_changed_consistency_is_refused(tree, data):
    second = data.draw(st.integers(1, len(tree.leaves)))
    first = data.draw(st.integers(1, second))
    old, new, proof = tree.roots[first], tree.roots[second], tree.consistency(first, second)
    changes = [
        (flip(old, data), new, proof),
        (old, flip(new, data), proof),
        (old, new, [*proof, data.draw(st.binary(min_size=32, max_size=32))]),
        *([(old, new, flip_one(proof, data)), (old, new, proof[:-1])] if proof else []),
    ]

    assert not any(is_consistent(first, a, second, b, p) for a, b, p in changes)


@given(tree=trees, data=st.data())
def test_a_tree_that_was_rewritten_is_consistent_with_none_of_its_pasts_after_the_change(tree, data):
    index = data.draw(st.integers(0, len(tree.leaves) - 1))
    leaves = list(tree.leaves)
    leaves[index] = leaf_hash(b"another")
    rewritten = Tree(leaves)
    first = data.draw(st.integers(index + 1, len(leaves)))

    proof = rewritten.consistency(first, len(leaves))

    assert not is_consistent(first, tree.roots[first], len(leaves), rewritten.roots[-1], proof)


@pytest.mark.parametrize(("index", "size"), [(-1, 4), (4, 4), (0, 0)])
def test_there_is_no_proof_of_a_leaf_that_is_not_there(index, size):
    with pytest.raises(ValueError, match="no leaf"):
        inclusion_spans(index, size)


@pytest.mark.parametrize(("first", "second"), [(0, 4), (5, 4), (-1, 1)])
def test_there_is_no_proof_of_growth_where_there_was_none(first, second):
    with pytest.raises(ValueError, match="did not grow"):
        consistency_spans(first, second)


def test_a_proof_stays_short_however_long_the_log_is():
    assert len(inclusion_spans(12_345_678, 80_000_000)) == 27
    assert max(len(subtrees(span)) for span in inclusion_spans(12_345_678, 80_000_000)) <= 26


def flip(value: bytes, data: st.DataObject) -> bytes:
    place = data.draw(st.integers(0, len(value) - 1))
    return value[:place] + bytes([value[place] ^ (1 << data.draw(st.integers(0, 7)))]) + value[place + 1 :]


def flip_one(proof: list[bytes], data: st.DataObject) -> list[bytes]:
    place = data.draw(st.integers(0, len(proof) - 1))
    return [*proof[:place], flip(proof[place], data), *proof[place + 1 :]]
