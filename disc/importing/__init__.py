"""Past incidents and members from a spreadsheet: checked first, then taken in, each once."""
