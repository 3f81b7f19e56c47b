"""How many hostile values are tried: few and always the same ones, or, on request, many new ones.

`HYPOTHESIS_PROFILE=thorough pytest tests/hostile` searches for minutes. No profile keeps a
database: a failure is written down as an `@example`.
"""

import os
import tempfile

from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

# It writes down the constants that it finds in the code, which nobody wants beside the code.
set_hypothesis_home_dir(tempfile.gettempdir())

SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]

settings.register_profile(
    "ci",
    max_examples=200,
    derandomize=True,
    deadline=None,
    database=None,
    print_blob=True,
    suppress_health_check=SLOW_IS_FINE,
)
settings.register_profile(
    "thorough", settings.get_profile("ci"), max_examples=4000, derandomize=False
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
