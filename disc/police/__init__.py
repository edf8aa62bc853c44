"""What the manager shares with the police SPOC, and what the police answer."""
