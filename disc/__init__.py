"""A members-only, encrypted system for a business crime reduction partnership."""
