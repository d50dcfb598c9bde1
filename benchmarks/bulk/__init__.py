"""`make bench BENCH=bulk`: what `predict` makes of the speed of the runtime, and what Ray adds."""
