"""Draws the floors of the house: the layers that the import contract allows, with what is on each and what it imports.

The layers are read from `pyproject.toml`, the modules and their imports from the package itself, so that the picture
stays true when a module moves. `write(folder)` leaves `floors.svg` and `rooms.md` there.
"""

import ast
import textwrap
import tomllib
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[1]
WIDTH, GAP, PAD, LINE, LETTER = 736, 8, 9, 15, 6.7  # of the picture, in pixels; a letter of the names of modules
STYLE = """
svg.floors { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; }
.floors .floor { fill: var(--color-background-secondary, #f4f5f7); }
.floors .box { fill: var(--color-background-primary, #fff); stroke: var(--color-background-border, #cfd3da); }
.floors .name { font-size: 13px; font-weight: 600; fill: var(--color-foreground-primary, #111); }
.floors .inside { font-size: 11px; fill: var(--color-foreground-secondary, #555); }
.floors .room:hover .box, .floors .room:focus .box { stroke: var(--color-brand-primary, #0a4bff); stroke-width: 2.5; }
"""


LIT = "{ fill: var(--color-highlight-on-target, #fff3c4); }"


@dataclass(frozen=True)
class Room:
    """A package or a module that the contract names: what it is for, what is in it, and which rooms it imports."""

    name: str
    purpose: str
    inside: tuple[str, ...]
    imports: tuple[str, ...]

    @property
    def short(self) -> str:
        """The name as it is said within the package."""
        return _short(self.name)

    @property
    def breadth(self) -> int:
        """How much of a floor it asks for, in letters."""
        return max(len(self.short) + 2, 18 if self.inside else 0, sum(len(name) + 2 for name in self.inside) // 5)


def floors() -> list[list[Room]]:
    """The rooms of each floor, the top floor first."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    contract = next(one for one in settings["contracts"] if one["type"] == "layers")
    layers = [[name.strip() for name in layer.split("|")] for layer in contract["layers"]]
    graph = grimp.build_graph(settings["root_package"], exclude_type_checking_imports=True, cache_dir=None)
    allowed_back = {tuple(line.split(" -> ")) for line in contract.get("ignore_imports", ())}
    names = [name for layer in layers for name in layer]

    def room(name: str) -> Room:
        modules = {name} | graph.find_descendants(name)
        imported = {(one, to) for one in modules for to in graph.find_modules_directly_imported_by(one)} - allowed_back
        rooms = {other for other in names for _, to in imported if to == other or to.startswith(f"{other}.")}
        children = sorted(child.rpartition(".")[2] for child in graph.find_children(name))
        return Room(name, _purpose(name), tuple(children), tuple(other for other in names if other in rooms - {name}))

    return [[room(name) for name in layer] for layer in layers]


def _purpose(name: str) -> str:
    """The first paragraph of the docstring of a module, which is found without running it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return ""
    found = ast.get_docstring(ast.parse(Path(spec.origin).read_text(encoding="utf-8"))) or ""
    return " ".join(found.partition("\n\n")[0].split())


def picture(house: list[list[Room]]) -> str:
    """The floors as an .svg, the top one above; a room shows what it imports while the pointer is on it."""
    drawn, top, lit = [], 0.0, []
    for rooms in house:
        body, height = _floor(rooms, top)
        drawn.append(body)
        top += height + GAP
    for room in (room for rooms in house for room in rooms if room.imports):
        used = ", ".join(f"#{_id(name)}" for name in room.imports)
        lit.append(f".floors:has(#{_id(room.name)}:hover) :is({used}) .box {LIT}")
    return (
        f'<svg class="floors" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top - GAP:.0f}" '
        f'width="{WIDTH}" role="img" aria-label="The floors of the package, from the commands down">'
        f"<style>{STYLE}{' '.join(lit)}</style>{''.join(drawn)}</svg>\n"
    )


def _id(name: str) -> str:
    return f"room-{name.replace('.', '-')}"


def _floor(rooms: list[Room], top: float) -> tuple[str, float]:
    """A floor with its rooms side by side, each as broad as what is in it asks for; and its height."""
    free = WIDTH - GAP * (len(rooms) + 1)
    widths = [free * room.breadth / sum(one.breadth for one in rooms) for room in rooms]
    texts = [
        textwrap.wrap("  ".join(room.inside), max(int((width - 2 * PAD) / LETTER), 8), break_on_hyphens=False)
        for room, width in zip(rooms, widths, strict=True)
    ]
    height = 2 * PAD + LINE * (1.2 + max(len(lines) for lines in texts))
    left, drawn = float(GAP), []
    for room, width, lines in zip(rooms, widths, texts, strict=True):
        drawn.append(_box(room, lines, (left, top + GAP, width, height)))
        left += width + GAP
    whole = height + 2 * GAP
    return f'<rect class="floor" y="{top:.1f}" width="{WIDTH}" height="{whole:.1f}" rx="8"/>{"".join(drawn)}', whole


def _box(room: Room, lines: list[str], place: tuple[float, float, float, float]) -> str:
    """A room: its name, what is in it, and as its tooltip what it is for."""
    left, top, width, height = place
    rows = "".join(
        f'<text class="inside" x="{left + PAD:.1f}" y="{top + PAD + LINE * (number + 1.9):.1f}" xml:space="preserve">'
        f"{escape(line)}</text>"
        for number, line in enumerate(lines)
    )
    return (
        f'<g class="room" id="{_id(room.name)}"><title>{escape(f"{room.name}: {room.purpose}")}</title>'
        f'<rect class="box" x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{height:.1f}" rx="5"/>'
        f'<text class="name" x="{left + PAD:.1f}" y="{top + PAD + LINE * 0.75:.1f}">{escape(room.short)}</text>'
        f"{rows}</g>"
    )


def table(house: list[list[Room]]) -> str:
    """What each room is for, and what it imports, as a table of Markdown."""
    rows = [
        f"| `{room.short}` | {_cell(room.purpose)} | {', '.join(f'`{_short(name)}`' for name in room.imports)} |"
        for rooms in house
        for room in rooms
    ]
    return "\n".join(["| room | what it is for | imports |", "|---|---|---|", *rows, ""])


def _cell(text: str) -> str:
    """A text as it can stand in a table of Markdown."""
    return text.replace("\\", "\\\\").replace("|", "\\|")


def _short(name: str) -> str:
    return name.partition(".")[2]


def write(folder: Path) -> None:
    """Write the picture and the table, where they are not there already as they are now."""
    house = floors()
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in {"floors.svg": picture(house), "rooms.md": table(house)}.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write(Path(__file__).parent / "_build")
