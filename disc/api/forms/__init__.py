"""What systems send, and what an Administrator types about their keys."""
