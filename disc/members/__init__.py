"""Who belongs: schemes, Areas, premises, people, and how they sign in."""
