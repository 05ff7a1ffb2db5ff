"""How fast, and how much memory? Real programs on loopback; docs/benchmarks.md says how to repeat it."""
