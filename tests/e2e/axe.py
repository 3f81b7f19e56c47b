"""What axe-core finds on a page (WCAG 2.2, levels A and AA)."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.e2e.driver import what_remains

OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "resultTypes": ["violations"],  # of what is right, no list
}

STREAMLITS_OWN: dict[str, str] = {}
"""Rule -> part of the element that Streamlit draws so, and that a page cannot change."""


def violations(page: Page) -> list[str]:
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:200]} {node['target']}"
        for rule in found
        for node in rule["nodes"]
        if STREAMLITS_OWN.get(rule["id"], "no such element") not in node["html"]
    ]


def violations_at_rest(page: Page) -> list[str]:
    """What remains once every component has drawn itself."""
    return what_remains(page, lambda: violations(page), pause=1000)
