"""A picture and its life: its owner, the sealed original, the renditions, and each viewing."""
