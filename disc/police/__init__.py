"""What the manager shares with the police SPOC and what they answer, and whom members know."""
