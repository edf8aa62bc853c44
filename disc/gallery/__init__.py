"""Subjects, Known and ID-Sought: who is shown, where, and until when."""
