"""What should happen, and why? The domain: pure decisions over values, without a clock and without I/O."""
