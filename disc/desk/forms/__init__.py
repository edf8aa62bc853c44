"""Forms of the desk: what is decided, pictures, and setting up."""
