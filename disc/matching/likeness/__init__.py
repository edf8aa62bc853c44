"""How alike two pictures are, as pictures: pure, without web or database, and never about a face.

``evidence`` is light and any process may read it. Everything else stands on numpy and OpenCV, and
is imported in the worker alone.
"""
