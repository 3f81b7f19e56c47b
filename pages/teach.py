"""For teachers: a link that sets a task, fixes settings, and shows everything in large type."""

import streamlit as st

from ui import teach
from ui.kit import frame
from ui.kit.language import _

frame.open_page("teach")
st.title(_("For teachers"))

teach.page()

frame.close_page()
