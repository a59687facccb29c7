"""The folder of a certificate: what is read as one, and that it is written whole or not at all."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dialproof.core.errors import CertificateError, InputError
from dialproof.evidence.certificates.folder import fits_beside, read, write_folder
from tests.evidence.accepted import ACCEPTED, LAMP, forged


def test_a_certificate_is_a_folder_of_regular_files(tmp_path: Path) -> None:
    with pytest.raises(CertificateError, match="it is no folder"):
        read(tmp_path / "nothing")
    (tmp_path / "link").symlink_to(ACCEPTED / LAMP)
    with pytest.raises(CertificateError, match="it is no folder"):
        read(tmp_path / "link")
    folder = tmp_path / "pipe.cert"
    shutil.copytree(ACCEPTED / LAMP, folder)
    os.mkfifo(folder / "pipe")
    with pytest.raises(CertificateError, match="pipe is no regular file"):
        read(folder)
    (folder / "pipe").unlink()
    (folder / "empty folder").mkdir()
    assert read(folder).claim == "lamp-is-lit"
    (folder / "manifest.json").unlink()
    with pytest.raises(CertificateError, match=r"manifest.json is missing"):
        read(folder)


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("table.csv", True),
        ("scenario.csv", False),
        ("manifest.json", False),
        ("sub/table.csv", False),
        ("../table.csv", False),
        (".table.csv", False),
        ("", False),
    ],
)
def test_only_a_plain_file_stands_beside_the_scenario(name: str, *, fits: bool) -> None:
    assert fits_beside(name) is fits


def test_what_the_scenario_is_said_to_be_read_from_lets_no_other_file_in(tmp_path: Path) -> None:
    more = "obligations/99-more.smt2"
    folder = forged(tmp_path, lambda manifest: manifest["scenario"].update(reads=[{"file": more, "sha256": ""}]))  # type: ignore[attr-defined]
    assert read(folder).claim == "lamp-is-lit"
    (folder / "obligations").mkdir(exist_ok=True)
    (folder / more).write_text("(check-sat)")
    with pytest.raises(CertificateError, match=f"{more} is in the folder, but not in the manifest"):
        read(folder)


def test_a_file_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_self: Path) -> bytes:
        raise OSError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with pytest.raises(CertificateError, match=r"manifest.json cannot be read: Permission denied"):
        read(ACCEPTED / LAMP)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda manifest: manifest["scenario"].update(file="../gate.toml"), r"names a file '../gate.toml'"),
        (lambda manifest: manifest["scenario"].update(file="scenario.txt"), "scenario.txt is missing"),
        (lambda manifest: manifest["claim"].update(name=1), "`claim.name` of the manifest has the wrong type: found 1"),
        (lambda manifest: manifest["claim"].pop("says"), "has no key `claim.says`"),
        (lambda manifest: manifest["claim"].update(more=""), "an unknown key `claim.more`"),
        (lambda manifest: manifest.update(claim="lamp-is-lit"), "`claim` of the manifest has the wrong type"),
        (lambda manifest: manifest["in_force"].update(weak=["a", 1]), r"`in_force.weak\[1\]` of the manifest has the wrong type"),
        (lambda manifest: manifest.update(format="1"), "has format '1'"),
        (lambda manifest: manifest.update(obligations=[{}]), r"has no key `obligations\[0\]"),
        (lambda manifest: manifest["made"].update({"from": None}), "`made.from` of the manifest has the wrong type: found null"),
    ],
)
def test_a_manifest_of_another_shape_is_refused(tmp_path: Path, change: Callable[[dict[str, object]], object], why: str) -> None:
    with pytest.raises(CertificateError, match=why):
        read(forged(tmp_path, change))


def test_a_manifest_that_is_no_object_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "list.cert"
    shutil.copytree(ACCEPTED / LAMP, folder)
    (folder / "manifest.json").write_text("[]")
    with pytest.raises(CertificateError, match="no manifest of a certificate"):
        read(folder)


def good() -> dict[str, bytes]:
    files = read(ACCEPTED / LAMP)
    return {"manifest.json": (ACCEPTED / LAMP / "manifest.json").read_bytes(), **files.files}


def test_a_whole_certificate_is_replaced_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "down" / "lamp.cert"
    write_folder(path, good())
    write_folder(path, {**good(), "scenario.toml": b"another"})
    assert read(path).scenario == b"another"
    assert [inside.name for inside in path.parent.iterdir()] == ["lamp.cert"], "nothing temporary is left"
    (path / "diary").write_text("mine")
    with pytest.raises(InputError, match=r"is in the way: diary is in the folder"):
        write_folder(path, good())
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    with pytest.raises(InputError, match="is in the way"):
        write_folder(tmp_path / "dangling", good())


def test_what_cannot_be_put_into_its_place_leaves_all_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "lamp.cert"
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise OSError(5, "Input/output error")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(InputError, match="cannot be written: Input/output error"):
        write_folder(path, good())
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    write_folder(path, good())
    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(InputError, match="cannot be written"):
        write_folder(path, {**good(), "scenario.toml": b"another"})
    assert read(path).scenario != b"another"
