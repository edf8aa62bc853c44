"""Retailers' own systems: their keys, how they report, and what they are told."""
