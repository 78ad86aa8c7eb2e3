"""What else a user would pick, over the same documents: tables by a library with known words, a model that transcribes.

Needs the extra `baselines`.
"""
