"""Exclusion notices: proposed with evidence, decided by the Board, served, then shown."""
