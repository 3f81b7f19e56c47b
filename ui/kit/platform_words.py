"""Streamlit's own words in the learner's language: it has them in English only.

A text of a page that is one of these, as a whole, is replaced in the browser, and what its uploader
passes on from a library is replaced by a sentence in any language.
"""

import json

from aecore.errors import N_
from ui.kit import components, language
from ui.kit.language import _

WORDS = (
    N_("Add files"),
    N_("App pages"),
    N_("Choose an option"),
    N_("Choose options"),
    N_("Clear all"),
    N_("Clear cache"),
    N_("Clear caches"),
    N_("Clear value"),
    N_("Close fullscreen"),
    N_("Close search"),
    N_("Close"),
    N_("Collapse sidebar"),
    N_("Connection error"),
    N_("Connection timed out."),
    N_("Copy column name"),
    N_("Copy to clipboard"),
    N_("Copy"),
    N_("Dataframe column menu"),
    N_("Decrement"),
    N_("Download as CSV"),
    N_("Drag and drop a file here"),
    N_("File must be {size} or smaller."),
    N_("Error:"),
    N_("Expand sidebar"),
    N_("Fullscreen"),
    N_("Fullscreen: {name}"),
    N_("Help for {name}"),
    N_("Help"),
    N_("Increment"),
    N_("Link to heading"),
    N_("Main menu"),
    N_("No results"),
    N_("Notifications"),
    N_("Open"),
    N_("Press Ctrl+Enter to apply"),
    N_("Press Enter to apply"),
    N_("Press ⌘+Enter to apply"),
    N_("Print"),
    N_("Record a screencast"),
    N_("Remove {name}"),
    N_("Rerun"),
    N_("Running..."),
    N_("Search"),
    N_("Select all"),
    N_("Selected values"),
    N_("Settings"),
    N_("Show/hide columns"),
    N_("Sidebar"),
    N_("Skip to main content"),
    N_("Stop script"),
    N_("Stop"),
    N_("Theme"),
    N_("Upload"),
    N_("file upload"),
    N_("progress"),
    N_("{name} icon"),
    N_("{name} — end"),
    N_("{name} — start"),
    N_("{size} per file"),
)
"""What may stand on a page, `{name}` for anything; found in Streamlit 1.67."""


IN_OUR_WORDS = {
    "AxiosError: Request failed with status code 403": N_(
        "A page inside another page may not send files: open the lab in a tab of its own."
    ),
    "AxiosError: Request failed with status code {code}": N_(
        "The file did not arrive (the server answered {code}): choose it again."
    ),
    "AxiosError: Network Error": N_(
        "The file did not arrive: see whether the server still runs, and choose it again."
    ),
}
"""What a learner could make nothing of, in any language."""


def mount() -> None:
    """Call it once per page, before anything that the learner can touch."""
    pairs = [(theirs, _(ours)) for theirs, ours in IN_OUR_WORDS.items()]
    if language.current() != "en":
        pairs += [(word, _(word)) for word in WORDS]
    components.platform_words(json.dumps(pairs).encode())
