"""The images Home Assistant shows for the integration."""

from pathlib import Path

from homeassistant.components.brands.const import ALLOWED_IMAGES
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from PIL import Image
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components import hiven

FOLDER = Path(hiven.__file__).parent / "brand"
PLAIN = {name for name in ALLOWED_IMAGES if "@2x" not in name}


def alpha(name: str) -> Image.Image:
    """Return the alpha channel of an image."""
    with Image.open(FOLDER / name) as image:
        assert (image.format, image.mode) == ("PNG", "RGBA")
        assert image.info["interlace"]
        return image.getchannel("A")


def test_all_are_there_and_nothing_else() -> None:
    assert {path.name for path in FOLDER.iterdir()} == ALLOWED_IMAGES


@pytest.mark.parametrize("name", sorted(PLAIN))
def test_image(name: str) -> None:
    plain, doubled = alpha(name), alpha(name.replace(".png", "@2x.png"))
    width, height = plain.size
    is_icon = "icon" in name
    assert (width == height == 256) if is_icon else (width > height >= 128)
    assert doubled.size == (2 * width, 2 * height)
    # The image was made from a drawing of the same shape.
    drawing = FOLDER.parents[2] / "docs/brand" / name.replace(".png", ".svg")
    assert f'width="{width}" height="{height}"' in drawing.read_text()
    for image in (plain, doubled):
        left, top, right, bottom = image.getbbox() or (0, 0, 0, 0)
        assert image.getpixel((0, 0)) == 0
        assert image.getextrema() == (0, 255)
        # A square icon may have space on two sides.
        assert (top, bottom) == (0, image.height)
        assert is_icon or (left, right) == (0, image.width)


async def test_home_assistant_shows_them(
    hass: HomeAssistant, hass_client: ClientSessionGenerator
) -> None:
    assert await async_setup_component(hass, "brands", {})
    client = await hass_client()
    for name in ALLOWED_IMAGES:
        response = await client.get(f"/api/brands/integration/hiven/{name}")
        assert response.status == 200
        assert await response.read() == (FOLDER / name).read_bytes()
