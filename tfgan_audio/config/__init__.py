"""Experiment configurations: `schema` says what they hold, `loading` reads and writes them."""
