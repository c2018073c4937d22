"""The learned model: corpus, training, evaluation, shipped weights."""
