"""`hedui layouts`: the library of layouts, what waits for a person, and a person's word."""

import os
from collections.abc import Callable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.catalogue import Lang, say
from pipeline.console import Bars, shown, stdout
from pipeline.export import write_excel, write_jsonl
from pipeline.mapping.library import Library
from pipeline.mapping.settle import UNIQUE, confirmed
from pipeline.session import Session
from pipeline.store import DATABASE, Store
from schemas.errors import UsageError
from schemas.reading import Reading, Role, Slot, Template

# So many digits of a layout's key tell it from every other.
SHORT_KEY = 8


def layouts(main: click.Group, common: Callable[..., Callable[..., None]]) -> None:
    """Add `layouts`, `layouts show` and `layouts confirm` to the command line."""

    @main.group(invoke_without_command=True)
    @click.pass_context
    def layouts_group(context: click.Context) -> None:
        """List the layouts that were read and what waits for a person."""
        if context.invoked_subcommand is None:
            context.invoke(listing)

    layouts_group.name = "layouts"
    main.add_command(layouts_group, "layouts")

    @layouts_group.command("list")
    @common
    def listing(session: Session) -> None:
        """List the library."""
        show_library(stdout(), Library(session.library_path), session.lang)

    @layouts_group.command("show")
    @click.argument("key")
    @common
    def showing(session: Session, key: str) -> None:
        """Show a layout's headers, two sample rows, each role with its reasons."""
        show_template(stdout(), _one(Library(session.library_path), key), session.lang)

    @layouts_group.command("confirm")
    @click.argument("key")
    @click.option("--role", "given", multiple=True, help="COLUMN=ROLE; COLUMN is the number that `show` prints.")
    @click.option("-o", "--output", type=click.Path(file_okay=False, path_type=Path), help="Folder with the results.")
    @common
    def confirming(session: Session, key: str, given: tuple[str, ...], output: Path | None) -> None:
        """Settle a layout; its stored forms are mapped again at once."""
        library = Library(session.library_path)
        template = confirmed(_one(library, key), dict(_role(text) for text in given))
        _check_columns(template)
        out = output or session.settings.output.folder
        if not (out / DATABASE).is_file():
            session.remember(template)
            click.echo(say("layouts.done_no_store", session.lang, key=template.key[:SHORT_KEY]))
            return
        with Store.open(out) as store:
            with Bars(session.lang) as bars, session.batch(store, bars, os.environ, None) as (batch, _):
                files = batch.map_again(template)
            write_jsonl(store, out)
            write_excel(store, out / "forms.xlsx", session.lang)
            statuses = [form.status for form in store.forms() if form.template.key == template.key]
        told = {"key": template.key[:SHORT_KEY], "files": files}
        counts = {"accepted": statuses.count("accepted"), "review": statuses.count("review")}
        click.echo(say("layouts.done", session.lang, **told, **counts))


def _one(library: Library, prefix: str) -> Template:
    found = library.matching(prefix)
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError("layouts.no_such_layout", key=prefix)
    raise UsageError("layouts.several_layouts", key=prefix, known=[template.key[:SHORT_KEY] for template in found])


def _role(text: str) -> tuple[int, Role]:
    column, equals, role = text.partition("=")
    if not equals or not column.strip().isdigit():
        raise UsageError("layouts.role_syntax", given=text)
    return int(column), role.strip()  # type: ignore[return-value]  # `confirmed` refuses what is no role


def show_library(console: Console, library: Library, lang: Lang) -> None:
    """One line a layout: those that wait first."""
    templates = library.all()
    if not templates:
        console.print(shown(say("layouts.empty", lang)))
        return
    table = Table(title=say("layouts.title", lang, file=str(library.path)), title_justify="left")
    for column in ("key", "state", "forms", "waits", "columns"):
        table.add_column(say(f"layouts.{column}", lang), overflow="fold")
    for template in templates:
        open_slots = sum(slot.state not in {"agreed", "human"} for slot in template.slots)
        heads = " ".join(slot.text for slot in template.slots if slot.section.endswith("_column"))
        state = say(f"layouts.{_state(template)}", lang)
        waits = str(open_slots) if template.state == "proposed" else ""
        table.add_row(template.key[:SHORT_KEY], state, str(template.forms_seen), waits, shown(heads[:120]))
    console.print(table)


def _state(template: Template) -> str:
    by_person = template.state == "confirmed" and template.decided_by == "human"
    return "confirmed_by_person" if by_person else template.state


def show_template(console: Console, template: Template, lang: Lang) -> None:
    """Every slot with its role and why, two sample rows a table, and what to do next."""
    state = say(f"layouts.{_state(template)}", lang)
    console.print(shown(f"{say('layouts.key', lang)} {template.key[:SHORT_KEY]}  {state}", style="bold"))
    table = Table()
    for column in ("number", "where", "label", "role", "why"):
        table.add_column(say(f"layouts.{column}", lang), overflow="fold")
    for slot in template.slots:
        style = "green" if slot.state in {"agreed", "human"} else "yellow"
        where = say(f"layouts.section_{slot.section}", lang)
        table.add_row(str(slot.number), where, shown(slot.text), shown(slot.role or "?", style=style), _why(slot, lang))
    console.print(table)
    console.print(shown(say("layouts.samples", lang)))
    for row in template.samples:
        console.print(shown("  " + " │ ".join(row)))
    if template.state == "proposed":
        console.print(shown(say("layouts.next_step", lang, key=template.key[:SHORT_KEY])))


def _check_columns(template: Template) -> None:
    """Raise UsageError where two columns of one table have a role that only one can have."""
    seen: dict[tuple[str, int, Role], Slot] = {}
    for slot in template.slots:
        if slot.role not in UNIQUE or not slot.section.endswith("column"):
            continue
        other = seen.setdefault((slot.section, slot.table, slot.role), slot)
        if other is not slot:
            raise UsageError("layouts.role_twice", first=other.number, second=slot.number, role=slot.role)


def _why(slot: Slot, lang: Lang) -> Text:
    told = [say(f"layouts.slot_{slot.state}", lang), *(_told(reading, lang) for reading in slot.readings)]
    if slot.undiscriminated_with:
        told.append(say("layouts.swaps_with", lang, columns=[str(number) for number in slot.undiscriminated_with]))
    return shown("; ".join(told))


def _told(reading: Reading, lang: Lang) -> str:
    if reading.source == "model" and reading.probability is None:
        return say("layouts.by_model_plain", lang, role=reading.role)
    share = f"{reading.probability:.2f}" if reading.probability is not None else ""
    return say(reading.reason, lang, role=reading.role, share=share)
