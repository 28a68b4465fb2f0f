"""``model list``, ``model pull`` and ``model path``: the embedding models, and the GGUF models that lie beside them."""

from __future__ import annotations

from typing import Annotated

import typer

from graphmem.errors import ModelError

from .output import print_json
from .settings import Json

__all__ = ["app"]

app = typer.Typer(help="The models that graphmem knows: those it can get, and your .gguf files.", no_args_is_help=True)

Name = Annotated[str | None, typer.Argument(help="The model's name; all-MiniLM-L6-v2 unless told.")]


@app.command("list", epilog="Example: graphmem model list")
def list_models(json: Json = False) -> None:
    """The embedding models and the user's .gguf files, their sizes and licences, and where they lie."""
    from graphmem.embed import known_models, model_path
    from graphmem.llm import gguf_models

    models = known_models()
    places = {model.name: model_path(model.name) for model in models}
    if json:
        print_json(
            [
                {
                    "name": model.name,
                    "dimension": model.dimension,
                    "size_bytes": model.size_bytes,
                    "licence": model.licence,
                    "source": model.source,
                    "path": str(places[model.name] or ""),
                }
                for model in models
            ]
            + [
                {
                    "name": name,
                    "dimension": 0,
                    "size_bytes": path.stat().st_size,
                    "licence": "",
                    "source": "",
                    "path": str(path),
                }
                for name, path in gguf_models().items()
            ]
        )
        return
    from rich.markup import escape
    from rich.table import Table

    from .console import results

    table = Table(box=None, pad_edge=False)
    for column in ("name", "dimension", "size", "licence", "here"):
        table.add_column(column)
    for model in models:
        place = places[model.name]
        size = f"{model.size_bytes / 1e6:.0f} MB"
        table.add_row(model.name, str(model.dimension), size, model.licence, escape(str(place)) if place else "no")
    for name, path in gguf_models().items():
        table.add_row(escape(name), "", f"{path.stat().st_size / 1e6:.0f} MB", "", escape(str(path)))
    results.print(table)


@app.command("pull", epilog="Example: graphmem model pull all-MiniLM-L6-v2")
def pull_model(name: Name = None) -> None:
    """Get a model: download, verify, and build it; at once where it is there already."""
    from rich.markup import escape

    from graphmem.embed import DEFAULT_MODEL, model_path, pull

    from .console import errors, results

    name = name or DEFAULT_MODEL
    if model_path(name) is None:
        with errors.status(f"getting {escape(name)}"):
            pull(name)
    results.print(f"{name} is in {escape(str(model_path(name)))}")


@app.command("path", epilog="Example: graphmem model path all-MiniLM-L6-v2")
def path_of_model(name: Name = None) -> None:
    """Where a model lies."""
    from graphmem.embed import DEFAULT_MODEL, model_path
    from graphmem.llm import gguf_models

    name = name or DEFAULT_MODEL
    found = gguf_models().get(name) or model_path(name)
    if found is None:
        raise ModelError(f"the model {name} is not on this machine: get it with 'graphmem model pull {name}'")
    typer.echo(str(found))
