"""Pictures on paper: off by default, for few, with a reason, in numbered copies."""
