"""New digits out of codes that belong to no picture: drawn, moved, added."""

import streamlit as st

from ui import challenges, frame, lesson
from ui.generate import answers, arithmetic, beta, classes, dimensions, maps, sampling
from ui.language import _

model = frame.open_page("generate")
st.title(_("Generate"))
lesson.panel("generate")

seen = answers.look(model)
sampling.panel(seen)
sampling.comparison(seen)
dimensions.traversal(seen)
dimensions.bars(seen)
maps.panel(seen)
classes.panel(seen)
arithmetic.panel(seen)
beta.panel(seen)

challenges.panel("generate", model)

frame.close_page()
