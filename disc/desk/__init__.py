"""Each role's home page and the manager's queues, across features."""
