"""Measurements that anybody can run: each compares with something plain in the same run."""
