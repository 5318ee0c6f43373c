"""The benchmarks: every figure is a ratio to its yardstick, taken in the same run."""
