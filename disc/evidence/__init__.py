"""Originals as evidence: who had them from the first byte on, and videos that come in pieces."""
