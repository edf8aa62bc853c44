"""Everything that is invented for the demo scheme: drawn pictures and made-up people, never a real
face.
"""
