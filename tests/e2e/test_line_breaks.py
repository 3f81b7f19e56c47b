"""Where the words of a table break on a phone that is not on a page as it opens."""

import pytest

from tests.e2e.clipped import FAULTS
from tests.e2e.test_layout import PHONE, open_whole


@pytest.mark.parametrize("language", ["ko", "en"])
def test_no_word_or_number_of_a_table_is_broken_on_a_phone(page, server, language):
    page.set_viewport_size(PHONE)
    open_whole(page, f"{server}/sparsity?part=methods&lang={language}")
    page.get_by_test_id("stMain").locator("td").first.wait_for()
    assert [fault for fault in page.evaluate(FAULTS) if fault.startswith("broken")] == []
