"""What people may ask of the scheme, and the two clocks: hide, erase."""
