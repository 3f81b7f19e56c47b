"""The page of variants: one drawn and explained, all compared on the same digits, all in a table."""

from ui.variants.chosen import explore
from ui.variants.comparison import compare
from ui.variants.overview import table

__all__ = ["compare", "explore", "table"]
