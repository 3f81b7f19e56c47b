"""For each page of the lab, under its key: what is measured on arrays (`measure`), what is asked of a
model (`ask`), its charts (`figures`) and its challenges.
"""
