"""
The sealed log: a Merkle tree over every entry, proofs in it, and the signed text that says how far it has grown.

A kept library was looked at first; `tree.py` says why it is not used.
"""
