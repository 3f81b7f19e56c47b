"""Found in place of the lab's own `ui` where a page is started as if it were the app.

`streamlit run pages/train.py` looks for modules beside the page. This one leads to the real ones,
so that the page can say how the lab is started; after `streamlit run app.py` it is never found.
"""

import importlib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
del sys.modules[__name__]
importlib.import_module(__name__)
