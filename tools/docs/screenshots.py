"""`python -m tools.docs.screenshots`: the picture of the report that README shows, taken anew in a headless Chromium.

Where there is no Chromium nothing is done, and the command says so. The picture is of the top of the page, small on purpose:
what a report says is better read in one.
"""

import io
import shutil
import subprocess
import tempfile
from pathlib import Path

import click
from PIL import Image

from tools.docs.recording import IMAGES
from tools.docs.running import ROOT, Shell

REPORT = IMAGES / "report.png"
SCENARIO = "docs/examples/partner.toml"
SIZE = (1000, 800)

_COLOURS = 128  # enough for text on paper, and a third of the bytes
_QUIET = (
    "headless no-sandbox disable-gpu disable-quic no-first-run disable-background-networking disable-component-update "
    "disable-sync hide-scrollbars force-device-scale-factor=1"
)
"""The options of a browser that shows nothing, asks nobody, and draws the same on every machine."""


def browser() -> str | None:
    """Where Chromium is; None where it is not installed."""
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def taken(chromium: str) -> bytes:
    """The top of the report of `SCENARIO` as a PNG of few colours. Raises RuntimeError where the report or the browser fails."""
    with tempfile.TemporaryDirectory() as tools, tempfile.TemporaryDirectory() as place:
        page, shot = Path(place) / "review.html", Path(place) / "review.png"
        Shell(Path(tools)).run(f"dialproof report {SCENARIO} -o {page}", ROOT)
        width, height = SIZE
        options = [*_QUIET.split(), f"user-data-dir={place}/profile", f"window-size={width},{height}", f"screenshot={shot}"]
        ran = subprocess.run(  # a browser that was found on the path
            [chromium, *(f"--{option}" for option in options), page.as_uri()],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        if not shot.exists():
            raise RuntimeError(f"{chromium} took no picture:\n{ran.stderr}")
        with Image.open(shot) as picture, io.BytesIO() as file:
            picture.convert("RGB").quantize(_COLOURS).save(file, "PNG", optimize=True)
            return file.getvalue()


@click.command()
def main() -> None:
    """Take the picture of the report that README shows anew; where there is no Chromium, say so and do nothing."""
    chromium = browser()
    if chromium is None:
        click.echo("skipped: no Chromium is installed (on Debian: apt-get install chromium)")
        return
    picture = taken(chromium)
    REPORT.write_bytes(picture)
    click.echo(f"{REPORT.relative_to(ROOT)}: written anew, {len(picture)} bytes")


if __name__ == "__main__":
    main(prog_name="python -m tools.docs.screenshots")
