"""The README's pictures."""

from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Locator, Page, expect


@dataclass(frozen=True)
class Pictures:
    """Where they go."""

    folder: Path

    async def take(self, name: str, what: Locator | Page) -> None:
        """Take one, once fonts and images are there."""
        page = what.page if isinstance(what, Locator) else what
        await expect(page.locator("ha-spinner:visible, hui-error-card")).to_have_count(0)
        await page.evaluate("document.fonts.ready")
        await page.wait_for_load_state("networkidle")
        await what.screenshot(path=self.folder / f"{name}.png", animations="disabled")
