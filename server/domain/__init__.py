"""The rules: pure functions on values. Time, randomness and configuration come in as arguments."""
