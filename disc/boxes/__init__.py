"""Reports that a phone kept sealed until it could send them."""
