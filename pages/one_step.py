"""One training step from the inside: picture, formula and code of the same thing."""

import streamlit as st

from ui import frame, lesson, one_step
from ui.language import _

model = frame.open_page("one_step")
st.title(_("One training step"))
lesson.panel("one_step")
st.markdown(
    _(
        "Point at anything: the picture, the formula and the program code of the same "
        "thing light up, and the grey box shows its values. The arrow keys move from one "
        "number to the next."
    )
)
one_step.panel(model)

frame.close_page()
