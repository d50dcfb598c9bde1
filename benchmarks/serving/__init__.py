"""`make bench BENCH=serving`: the rendered service beside what else would serve its model."""
