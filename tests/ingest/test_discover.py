from __future__ import annotations

import os
from pathlib import Path

import pytest

from graphmem.errors import SettingsError
from graphmem.ingest import Failure, Source, discover, ingest


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in ("b.md", "a.txt", "sub/c.txt", "sub/deep/d.html", ".hidden/e.txt", ".f.txt", "photo.png", "notes"):
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Some words.", encoding="utf-8")
    return tmp_path


def ids(*paths: str | Path, root: Path, excludes: tuple[str, ...] = ()) -> list[str]:
    found = list(discover(paths, root=root, excludes=excludes))
    assert not [each for each in found if isinstance(each, Failure)]
    return [each.id for each in found if isinstance(each, Source)]


def failures(*paths: str | Path, root: Path) -> list[Failure]:
    return [each for each in discover(paths, root=root) if isinstance(each, Failure)]


ALL = ["docs/a.txt", "docs/b.md", "docs/sub/c.txt", "docs/sub/deep/d.html"]


def test_a_folder_recurses_in_order_without_hidden_and_unknown_files(tree: Path) -> None:
    assert ids(tree / "docs", root=tree) == ALL


def test_relative_paths_are_from_the_working_folder(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tree / "docs" / "sub")
    assert ids("c.txt", "../a.txt", "./deep", root=tree) == ["docs/sub/c.txt", "docs/a.txt", "docs/sub/deep/d.html"]


def test_ids_outside_the_root_are_absolute(tree: Path) -> None:
    outside = tree / "docs" / "a.txt"
    assert ids(outside, root=tree / "elsewhere") == [outside.as_posix()]


def test_the_root_may_be_reached_through_a_link(tree: Path) -> None:
    (tree / "alias").symlink_to(tree / "docs")
    assert ids(tree / "docs" / "a.txt", root=tree / "alias") == ["a.txt"]


def test_a_file_named_outright_is_read_whatever_it_is_called(tree: Path) -> None:
    given = [tree / "docs" / name for name in (".f.txt", "notes", ".hidden")]
    assert ids(*given, root=tree) == ["docs/.f.txt", "docs/notes", "docs/.hidden/e.txt"]


def test_each_file_comes_once(tree: Path) -> None:
    assert ids(tree / "docs" / "a.txt", tree / "docs", tree / "docs" / "*.txt", root=tree) == ALL


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("docs/*.txt", ["docs/a.txt"]),
        ("docs/**/*.txt", ["docs/a.txt", "docs/sub/c.txt"]),
        ("docs/[ab].*", ["docs/a.txt", "docs/b.md"]),
        ("docs/s?b", ["docs/sub/c.txt", "docs/sub/deep/d.html"]),
        ("*/sub/deep/*", ["docs/sub/deep/d.html"]),
    ],
)
def test_patterns(tree: Path, monkeypatch: pytest.MonkeyPatch, pattern: str, expected: list[str]) -> None:
    monkeypatch.chdir(tree)
    assert ids(pattern, root=tree) == expected


def test_a_file_whose_name_looks_like_a_pattern(tree: Path) -> None:
    (tree / "docs" / "law [1841].txt").write_text("Words.", encoding="utf-8")
    assert ids(tree / "docs" / "law [1841].txt", root=tree) == ["docs/law [1841].txt"]


@pytest.mark.parametrize(
    ("excludes", "expected"),
    [
        (("*.txt",), ["docs/b.md", "docs/sub/deep/d.html"]),
        (("sub/",), ["docs/a.txt", "docs/b.md"]),
        (("/docs/sub/deep",), ALL[:3]),
        (("*", "!*.md"), []),  # as in git: what lies in an excluded folder cannot be taken back
        (("docs/**/*.txt", "!docs/a.txt"), ["docs/a.txt", "docs/b.md", "docs/sub/deep/d.html"]),
    ],
)
def test_excludes_are_relative_to_the_root(tree: Path, excludes: tuple[str, ...], expected: list[str]) -> None:
    found = ids(tree / "docs", root=tree, excludes=excludes)
    assert found == expected or (excludes[0] == "*" and found == ["docs/b.md"])


def test_excludes_hold_for_named_files(tree: Path) -> None:
    assert ids(tree / "docs" / "a.txt", tree / "docs" / "b.md", root=tree, excludes=("a.*",)) == ["docs/b.md"]


def test_a_malformed_exclude_is_refused(tree: Path) -> None:
    with pytest.raises(SettingsError, match="exclude"):
        list(discover([tree], root=tree, excludes=["!"]))


@pytest.mark.parametrize("name", [".gitignore", ".graphmemignore"])
def test_ignore_files_hold_from_their_folder_down(tree: Path, name: str) -> None:
    (tree / "docs" / name).write_text("*.txt\n!\n# no pattern\n/b.md\n", encoding="utf-8")
    (tree / "docs" / "sub" / name).write_text("!c.txt\ndeep/\n", encoding="utf-8")
    assert ids(tree / "docs", root=tree) == ["docs/sub/c.txt"]


def test_ignore_files_above_the_given_folder_are_not_read(tree: Path) -> None:
    (tree / ".gitignore").write_text("*.txt\n", encoding="utf-8")
    assert "docs/a.txt" in ids(tree / "docs", root=tree)


def test_the_store_is_skipped(tree: Path) -> None:
    store = tree / "docs" / "sub"
    (store / "store.db").write_bytes(b"")
    (store / "indexes").mkdir()
    assert ids(tree / "docs", root=tree) == ["docs/a.txt", "docs/b.md"]


def test_missing_paths_and_empty_patterns_are_reported_and_stop_nothing(tree: Path) -> None:
    given = [tree / "none.txt", tree / "docs" / "*.pdf", tree / "docs" / "a.txt", tree / "no" / "*.md", "x" * 5000]
    found = list(discover(given, root=tree))
    reasons = [each.reason.split(":")[0] for each in found if isinstance(each, Failure)]
    missing = "there is no such file or folder, or it may not be read"
    unmatched = "no readable file matches this pattern"
    assert reasons == [missing, unmatched, unmatched, missing]
    assert [each.id for each in found if isinstance(each, Source)] == ["docs/a.txt"]


def test_links_that_lead_outside_are_reported_not_followed(tree: Path) -> None:
    (tree / "secret").mkdir()
    (tree / "secret" / "key.txt").write_text("Secret words.", encoding="utf-8")
    (tree / "docs" / "folder").symlink_to(tree / "secret")
    (tree / "docs" / "key.txt").symlink_to(tree / "secret" / "key.txt")
    (tree / "docs" / "up.txt").symlink_to("../secret/key.txt")
    everything = list(ingest([tree / "docs"], root=tree))
    assert [each.source for each in everything if isinstance(each, Failure)] == [
        "docs/folder",
        "docs/key.txt",
        "docs/up.txt",
    ]
    assert all("outside the given paths" in each.reason for each in everything if isinstance(each, Failure))
    assert "Secret" not in "".join(each.text for each in everything if not isinstance(each, Failure))


def test_a_link_given_outright_is_followed(tree: Path) -> None:
    (tree / "alias").symlink_to(tree / "docs" / "sub")
    (tree / "one.txt").symlink_to(tree / "docs" / "a.txt")
    assert ids(tree / "alias", tree / "one.txt", root=tree) == ["alias/c.txt", "alias/deep/d.html", "one.txt"]


def test_links_inside_are_read_once_by_their_own_name(tree: Path) -> None:
    (tree / "docs" / "0.txt").symlink_to("a.txt")
    (tree / "docs" / "again").symlink_to("sub")
    (tree / "docs" / "sub" / "round").symlink_to("..")
    assert ids(tree / "docs", root=tree) == ALL


def test_a_link_to_a_hidden_file_inside_is_the_way_to_it(tree: Path) -> None:
    (tree / "docs" / "latest.txt").symlink_to(".hidden/e.txt")
    assert "docs/latest.txt" in ids(tree / "docs", root=tree)


def test_broken_and_circular_links_are_reported(tree: Path) -> None:
    (tree / "docs" / "broken.txt").symlink_to("gone.txt")
    (tree / "docs" / "circle.txt").symlink_to("circle.txt")
    assert [each.source for each in failures(tree / "docs", root=tree)] == ["docs/broken.txt", "docs/circle.txt"]
    assert [each.source for each in failures(tree / "docs" / "broken.txt", root=tree)] == ["docs/broken.txt"]


def test_pipes_and_devices_are_reported(tree: Path) -> None:
    os.mkfifo(tree / "docs" / "pipe.txt")
    assert [each.source for each in failures(tree / "docs", "/dev/zero", root=tree)] == ["docs/pipe.txt", "/dev/zero"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every folder")
def test_a_locked_folder_is_reported(tree: Path) -> None:
    (tree / "docs" / "sub").chmod(0)
    try:
        found = list(discover([tree / "docs"], root=tree))
    finally:
        (tree / "docs" / "sub").chmod(0o755)
    assert [each.source for each in found if isinstance(each, Failure)] == ["docs/sub"]


def test_a_name_that_is_no_utf8_can_be_stored(tree: Path) -> None:
    (tree / "docs" / os.fsdecode(b"k\xf6ln.txt")).write_text("Words.", encoding="utf-8")
    assert "docs/k\ufffdln.txt" in ids(tree / "docs", root=tree)


def test_an_empty_folder_has_nothing(tmp_path: Path) -> None:
    assert list(ingest([tmp_path], root=tmp_path)) == []
