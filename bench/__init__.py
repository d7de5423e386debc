"""Speed and load, as ratios within one run against the least that the same stack can do; see README.md."""
