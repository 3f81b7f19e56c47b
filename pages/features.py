"""The code as the input of other models: classifiers with few labels, clusters without any."""

import streamlit as st

from ui import features, frame
from ui.language import _

model = frame.open_page("features")
st.title(_("Features"))

features.classifiers(model)
features.clusters(model)

frame.close_page()
