"""Plotly figures and coloured pictures, from arrays and never from models.

Every figure takes `_`, which translates, and `dark`, which picks the colours. A page's figures
stand in a module of their own; what all share is in `style`.
"""
