"""Scores, plots and reports: how good a model's output is, and how it shows."""
