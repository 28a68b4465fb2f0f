"""Damaged and hostile inputs, thousands of them: ``python benchmarks/fuzz.py --inputs 2000 --seed 1``.

For every reader, the triples file, the settings file, questions, statements and the command line: sound inputs are
damaged at random, and whatever comes of them has to be a result or one clear sentence. Prints for each how many inputs it
took, how many were understood, the slowest of them, and what fell through; exits with 1 where something did.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import os
import random
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from graphmem_cli.app import main as command_line
from graphmem_cli.settings import KEYS, setting

from graphmem import GraphMemory
from graphmem.errors import GraphmemError
from graphmem.extract import GivenExtractor, open_extractor, read_triples
from graphmem.ingest import Failure, Limits, Source, cut, read
from graphmem.model import Document
from graphmem.natlog import entail

SLOW_SECONDS = 5.0
"""A small input that takes longer is a finding."""

PROSE = "Ada Vane (born 1841) founded Norhaven Ltd. in 1872. Her father was Ulf Stone, a fisherman from Harl."
PIECES = (
    *("", " ", "\n", "\r", "\t", "\0", "\x1b[31m", "\x1b]0;x\x07", "\x9b2J", "\u202e", "\u2066", "\ufeff", "\ufffe"),
    *("'", '"', "''", "--", ";", "*", "**", "?", "[", "]", "(", ")", "((((", "{", "}", "\\", "/", "&", "<", ">"),
    *("NEAR(", "AND", "OR", "NOT", "'; DROP TABLE documents; --", "a* OR b", "^", "$", "(a+)+$", "\\1", "../../x"),
    *("-1", "0", "99999999999999999999", "1e999", "NaN", "true", "null", "[[[[", "%00", "%s", "{{7*7}}", "$(id)"),
    *("`id`", "\\ud800", "\\x", "\\u0000", '"""', "\ufffd", "#", "=", "[a]", "1979-05-27", "0x10", "1_000", "-0"),
    *("𝔄𝔡𝔞", "Аda", "ﬁ", "ß", "İ", "ǅ", "🏳️‍🌈", "e\u0301\u0323" * 5, "\U0010ffff", "Who", "founded", "Norhaven", "?"),
    *("the", "of", "born in", "father", "Ada Vane", "1841", "No", "every", "some", "not all", "'s"),
    *("a" * 300, "(" * 200, "." * 200, "Aa " * 100, "1," * 100),
)


Attempt = Callable[[random.Random, Path], bool]
"""Tries one input, drawn at random, in a folder of its own; whether it was understood."""


@dataclass
class Outcome:
    """What became of the inputs of one kind."""

    inputs: int = 0
    understood: int = 0
    slowest: float = 0.0
    findings: list[str] = field(default_factory=list)


def damaged(content: bytes, draw: random.Random) -> bytes:
    """The content with one to eight places flipped, cut, repeated, moved or written over."""
    data = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 4, 8))):
        a = draw.randrange(len(data) + 1)
        b = min(len(data), a + draw.choice((1, 2, 8, 64, 1000)))
        what = draw.randrange(6)
        if what == 0 and a < len(data):
            data[a] ^= 1 << draw.randrange(8)
        elif what == 1:
            del data[a:b]
        elif what == 2:
            data[a:a] = data[a:b] * draw.choice((1, 3, 50))
        elif what == 3:
            data[a:a] = draw.choice(PIECES).encode() * draw.choice((1, 1, 1, 20))
        elif what == 4:
            data[a:b] = draw.randbytes(b - a)
        else:
            del data[draw.randrange(len(data) + 1) :]
    return bytes(data)


def damaged_archive(content: bytes, draw: random.Random) -> bytes:
    """A zip container, damaged itself or in one of its members (whose checksum then is right)."""
    if draw.random() < 0.3:
        return damaged(content, draw)
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = draw.choice([name for name in old.namelist() if name.endswith(("xml", "opf", "xhtml"))])
        for name in old.namelist():
            new.writestr(name, damaged(old.read(name), draw) if name == chosen else old.read(name))
    return made.getvalue()


def phrase(draw: random.Random) -> str:
    """Up to twelve pieces, or the prose with a few of its characters replaced."""
    if draw.random() < 0.5:
        return "".join(draw.choice(PIECES) + draw.choice(("", " ")) for _ in range(draw.randrange(1, 13)))
    return damaged(PROSE.encode(), draw).decode("utf-8", "replace")


# --- what is tried ---------------------------------------------------------------------------------------


def sound_files() -> dict[str, bytes]:
    """A sound file of every format, by its ending."""
    lists = "<ul><li>a</li></ul><table><tr><td>a<td>b</table>"
    html = f"<html><head><title>Vane</title></head><body><h1>Vane</h1><p>{PROSE}</p>{lists}</body></html>"
    markdown = (
        f"---\ntitle: Vane\n---\n# Vane\n\n{PROSE}\n\n> quote\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```\nx\n```\n"
    )
    line = f'{{"title": "Vane", "text": "{PROSE}", "n": [1, {{}}]}}\n'
    files = {
        ".txt": f"Vane\n\n{PROSE}\n\n- one\n- two\n".encode(),
        ".md": markdown.encode(),
        ".html": html.encode(),
        ".jsonl": line.encode() * 3,
        ".csv": f'id,name,text\n1,Vane,"{PROSE}"\n2,Harl,"An ""island"""\n'.encode(),
    }
    with contextlib.suppress(ImportError):
        files |= {".docx": _word(), ".pdf": _pdf()}
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as book:
        book.writestr("META-INF/container.xml", "<container><rootfile full-path='c.opf'/></container>")
        item = "<item id='c' href='c.xhtml' media-type='application/xhtml+xml'/>"
        package = (
            f"<metadata><title>Vane</title></metadata><manifest>{item}</manifest><spine><itemref idref='c'/></spine>"
        )
        book.writestr("c.opf", f"<package>{package}</package>")
        book.writestr("c.xhtml", html)
    return files | {".epub": made.getvalue()}


def _word() -> bytes:
    import docx

    document, made = docx.Document(), io.BytesIO()
    document.add_heading("Vane", 1)
    document.add_paragraph(PROSE)
    document.add_table(2, 2).cell(0, 0).text = "a"
    document.save(made)
    return made.getvalue()


def _pdf() -> bytes:
    from reportlab.pdfgen.canvas import Canvas

    made = io.BytesIO()
    canvas = Canvas(made, pageCompression=0)
    for _ in range(2):
        canvas.drawString(72, 700, PROSE)
        canvas.bookmarkPage("p")
        canvas.addOutlineEntry("Vane", "p", 0)
        canvas.showPage()
    canvas.save()
    return made.getvalue()


def try_file(suffix: str, content: bytes) -> Attempt:
    """Reads a damaged file as far as its triples; every span has to be exact."""
    extractor = open_extractor("pattern")

    def attempt(draw: random.Random, folder: Path) -> bool:
        path = folder / f"input{suffix}"
        path.write_bytes((damaged_archive if suffix in (".docx", ".epub") else damaged)(content, draw))
        documents = []
        for each in read(Source("input", path)):
            if isinstance(each, Failure):
                check(each.reason and "\n" not in each.reason and len(each.reason) < 600, f"a reason: {each.reason!r}")
                check("no file of its kind" not in each.reason or suffix in (".pdf", ".docx", ".epub"), each.reason)
            else:
                documents.append(each)
        for document in documents:
            document.text.encode("utf-8")
            for passage in cut(document):
                check(document.text[slice(*passage.span)] == passage.text, "a passage is not its span")
                for mention in extractor.extract(document, passage).mentions:
                    check(document.text[slice(*mention.span)] == mention.text, "a mention is not its span")
        return bool(documents)

    return attempt


def try_triples(draw: random.Random, folder: Path) -> bool:
    """A triples file with any names and parts, or a damaged one."""
    parts = [
        [draw.choice(("Ada Vane", "Norhaven", phrase(draw))) for _ in range(draw.choice((2, 3, 3, 3)))]
        for _ in range(3)
    ]
    line = json.dumps({"id": "a", "entities": ["Ada Vane", phrase(draw)], "triples": parts}).encode()
    path = folder / "triples.jsonl"
    path.write_bytes(line if draw.random() < 0.5 else damaged(line, draw))
    given, _ = read_triples(path)
    document = Document("a", "Vane", PROSE, "a")
    extractor = GivenExtractor(open_extractor("none"), given)
    found = [triple for passage in cut(document) for triple in extractor.extract(document, passage).triples]
    for triple in found:
        "".join((triple.subject, triple.predicate, triple.object)).encode("utf-8")
    return bool(found)


def try_settings(draw: random.Random, folder: Path) -> bool:
    """A settings file with any value, or a damaged one."""
    sound = {"embedder": '"none"', "extractor": '"pattern"', "passage_tokens": "140", "k": "8", "file_seconds": "60"}
    if draw.random() < 0.5:
        sound[draw.choice([*sound, "reader", phrase(draw)])] = draw.choice(
            (phrase(draw), f'"{phrase(draw)}"', "-1", "{}")
        )
    text = "".join(f"{key} = {value}\n" for key, value in sound.items()).encode()
    (folder / "graphmem.toml").write_bytes(text if draw.random() < 0.5 else damaged(text, draw))
    values = {key: setting(folder, key, None) for key in KEYS}
    seconds = values["file_seconds"]
    if seconds is not None:
        Limits(seconds=int(seconds))
    return any(value is not None for value in values.values())


def try_question(memory: GraphMemory) -> Attempt:
    """A question of no sense, or one with a few hostile characters."""

    def attempt(draw: random.Random, folder: Path) -> bool:
        return bool(memory.ask(phrase(draw), k=draw.choice((1, 8, 200))).result.hits)

    return attempt


def try_statement(draw: random.Random, folder: Path) -> bool:
    """Premises and a hypothesis for the natural logic."""
    return entail([phrase(draw) for _ in range(draw.randrange(1, 3))], phrase(draw)).verdict != "insufficient"


COMMANDS = "index sync remove search ask explain entail eval stats check export model".split()
OPTIONS = (
    "--json -k --store --embedder --extractor --triples --exclude --passage-tokens --reader --stream --premise "
    "--hypothesis --file --format --limit --tag --reembed -h --version -- -"
).split()
SOUND = [
    line.split()
    for line in (
        "index docs", "index docs --json", "search", "search -k 3 --json", "ask", "ask --json", "ask --stream", "explain",
        "explain --json", "entail --premise Norhaven --hypothesis", "remove", "remove --json", "index docs --exclude",
    )
]  # fmt: skip
PLACES = (".", "docs", "docs/a.txt", "docs/*.txt", "nowhere", "s", "3", "none", "json", "html")


def try_command_line(draw: random.Random, folder: Path) -> bool:
    """The command with any options and values: it ends with a known code, and prints nothing that a terminal obeys."""
    (folder / "docs").mkdir(exist_ok=True)
    (folder / "docs" / "a.txt").write_text(PROSE + phrase(draw), encoding="utf-8", errors="replace")

    def typed() -> str:
        # No program can be given a NUL byte; a "/" could lead out of this folder.
        return phrase(draw).replace("\0", "").replace("/", "")

    if draw.random() < 0.5:
        words = [*draw.choice(SOUND), typed()]
    else:
        words = [draw.choice(COMMANDS)]
        for _ in range(draw.randrange(6)):
            words.append(draw.choice((draw.choice(OPTIONS), draw.choice(PLACES), typed())))
    out, errors = io.StringIO(), io.StringIO()
    given, typed_in, at, code = sys.argv, sys.stdin, Path.cwd(), 0
    sys.stdin = io.TextIOWrapper(io.BytesIO(phrase(draw).encode()))
    sys.argv = ["graphmem", *words]
    os.chdir(folder)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(errors):
            command_line()
    except SystemExit as end:
        code = int(end.code or 0)
    finally:
        os.chdir(at)
        sys.argv, sys.stdin = given, typed_in
    printed = out.getvalue() + errors.getvalue()
    check(code in (0, 1, 2, 3), f"exit code {code} of {words}")
    check("should not happen" not in printed, f"{words}: {errors.getvalue()[-300:]}")
    check(not re.search("[\x00-\x08\x0b-\x0c\x0e-\x1f\x7f-\x9f]", printed), f"control characters from {words}")
    return code == 0


def check(fine: object, finding: str) -> None:
    """Raises ``AssertionError``, also where Python leaves assertions out."""
    if not fine:
        raise AssertionError(finding)


# --- the run -----------------------------------------------------------------------------------------------


def run(attempt: Attempt, inputs: int, seed: int) -> Outcome:
    """One kind of input, ``inputs`` times; an error of graphmem's own tree is a clear answer, any other a finding."""
    outcome = Outcome()
    with tempfile.TemporaryDirectory(prefix="graphmem-fuzz-") as folder:
        for number in range(inputs):
            start = time.perf_counter()
            try:
                outcome.understood += attempt(random.Random(f"{seed}/{number}"), Path(folder))
            except GraphmemError as error:
                if "\n" in str(error):
                    outcome.findings.append(f"input {number}: more than one line: {error}")
            except (Exception, RecursionError) as error:
                outcome.findings.append(f"input {number}: {type(error).__name__}: {str(error)[:300]}")
            took = time.perf_counter() - start
            outcome.inputs += 1
            outcome.slowest = max(outcome.slowest, took)
            if took > SLOW_SECONDS:
                outcome.findings.append(f"input {number}: took {took:.1f} s")
    return outcome


@contextlib.contextmanager
def targets() -> Iterator[dict[str, Attempt]]:
    """Everything that is tried, by name."""
    with tempfile.TemporaryDirectory(prefix="graphmem-fuzz-") as folder:
        cache = {"XDG_CACHE_HOME": f"{folder}/cache", "GRAPHMEM_EMBEDDER": "none", "NO_COLOR": "1", "COLUMNS": "200"}
        before = dict(os.environ)
        os.environ.update(cache)
        try:
            with GraphMemory.open(Path(folder) / "store", embedder="none") as memory:
                for number in range(5):
                    memory.add(f"{PROSE} It is number {number}.", title=f"Vane {number}")
                readers = {suffix: try_file(suffix, content) for suffix, content in sound_files().items()}
                yield {
                    **readers,
                    "triples": try_triples,
                    "settings": try_settings,
                    "questions": try_question(memory),
                    "statements": try_statement,
                    "command line": try_command_line,
                }
        finally:
            os.environ.clear()
            os.environ.update(before)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; the number of findings, at most 1."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=2000, help="for each kind")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default="", help="one kind, by its name")
    given = parser.parse_args(arguments)
    total, findings = 0, 0
    print(f"{'kind':14} {'inputs':>8} {'understood':>10} {'slowest':>9} {'findings':>9}")
    with targets() as kinds:
        for name, attempt in kinds.items():
            if given.only not in ("", name):
                continue
            outcome = run(attempt, given.inputs, given.seed)
            total, findings = total + outcome.inputs, findings + len(outcome.findings)
            print(
                f"{name:14} {outcome.inputs:8,} {outcome.understood:10,} {outcome.slowest:7.2f} s {len(outcome.findings):9,}",
                flush=True,
            )
            for finding in outcome.findings[:10]:
                print(f"    {finding}")
    print(f"{total:,} inputs, {findings:,} findings")
    return int(findings > 0)


if __name__ == "__main__":
    sys.exit(main())
