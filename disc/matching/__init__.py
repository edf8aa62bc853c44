"""The same picture sent twice: fingerprints, and possible duplicates for a person to judge."""
