"""A picture and its life: the owner's authority, the sealed original, its renditions, its viewing."""
