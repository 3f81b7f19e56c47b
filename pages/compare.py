"""Two or more models side by side: curves, settings, cost, and the same digits."""

import streamlit as st

from ui import compare
from ui.compare import seeds as compare_seeds
from ui.kit import frame
from ui.kit.language import _

frame.open_page("compare")
st.title(_("Compare"))

chosen = compare.pick()
compare.panel(chosen)
compare_seeds.panel(chosen)
compare.own(chosen)

frame.close_page()
