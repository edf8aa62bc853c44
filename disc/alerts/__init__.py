"""Live warnings to an Area: raised from a template, answered, closed by themselves."""
