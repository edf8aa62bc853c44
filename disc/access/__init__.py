"""Who may do what: one actor, one table, one guard."""
