"""The pieces of a program that does one experiment, each chosen by the experiment's own fields.

Every function gives source code as `ruff format` would write it, for readers who know PyTorch and
nothing of this lab. Names in capitals are settings; a piece uses only those that its fields set.
"""
