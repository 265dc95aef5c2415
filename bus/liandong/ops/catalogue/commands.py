"""``liandong contracts …`` and ``liandong validate``: what they take. No broker is needed."""
# ruff: noqa: PLC0415  --help must not wait for what a command imports
# ruff: noqa: FBT002  a flag of the command line is a boolean

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

contracts = typer.Typer(
    help="The contracts: what agencies say to each other.", no_args_is_help=True
)


class Language(StrEnum):
    """The language of what is told to people."""

    EN = "en"
    ZH = "zh"


Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Lang = Annotated[Language, typer.Option("--lang", help="In English or in Chinese.")]
Name = Annotated[
    str, typer.Argument(help="incident.reported.v1, or incident.reported for the newest.")
]
State = Annotated[
    str, typer.Argument(help="An export directory, a schema file, 'released' or 'current'.")
]


@contracts.command("list")
def contracts_list(json: Json = False) -> None:
    """List every contract: lane, owner, and what it is called in both languages."""
    from liandong.ops.catalogue.look import list_contracts

    list_contracts(as_json=json)


@contracts.command("show")
def contracts_show(name: Name, lang: Lang = Language.EN, json: Json = False) -> None:
    """Show a contract: its fields, with labels, limits, units and codes.

    Example: liandong contracts show incident.reported --lang zh
    """
    from liandong.ops.catalogue.look import show_contract

    show_contract(name, lang.value, as_json=json)


@contracts.command("example")
def contracts_example(name: Name) -> None:
    """Print one whole message of a contract, from a made-up city.

    Example: liandong contracts example incident.reported > event.json
    """
    from liandong.ops.catalogue.look import show_example

    show_example(name)


@contracts.command("export")
def contracts_export(
    folder: Annotated[Path, typer.Argument(help="Where to; files of these names are replaced.")],
    without_examples: Annotated[
        bool, typer.Option("--without-examples", help="Leave the example messages out.")
    ] = False,
    json: Json = False,
) -> None:
    """Write JSON Schemas, AsyncAPI, labels and examples for other languages and tools.

    Example: liandong contracts export liandong-contracts
    """
    from liandong.ops.catalogue.take import export

    export(folder, examples=not without_examples, as_json=json)


@contracts.command("check")
def contracts_check(
    release: Annotated[
        bool, typer.Option("--release", help="Add what has changed to the released baseline.")
    ] = False,
    json: Json = False,
) -> None:
    """Compare the contracts with the released baseline. Ends with 1 if a change breaks somebody."""
    from liandong.ops.catalogue.gate import check

    raise typer.Exit(check(release=release, as_json=json))


@contracts.command("diff")
def contracts_diff(old: State, new: State = "current", json: Json = False) -> None:
    """Compare two states of the contracts. Ends with 1 if a change breaks somebody.

    Example: liandong contracts diff released current
    """
    from liandong.ops.catalogue.gate import diff

    raise typer.Exit(diff(old, new, as_json=json))


def validate(
    files: Annotated[
        list[Path], typer.Argument(help="One whole message each, or JSON Lines; '-' reads stdin.")
    ],
    lang: Lang = Language.EN,
    json: Json = False,
) -> None:
    """Say every fault of messages, strictly, as who publishes must write them.

    Ends with 0 where every message is right, with 1 where one is not.

    Example: liandong validate event.json --lang zh
    """
    from liandong.ops.catalogue.messages import validate_files

    raise typer.Exit(validate_files(files, lang.value, as_json=json))
