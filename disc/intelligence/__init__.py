"""Vehicles, and graded associations between people and vehicles."""
