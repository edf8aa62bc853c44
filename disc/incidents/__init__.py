"""What happened, told from the shop floor, and what became of it."""
