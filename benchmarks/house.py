"""How the code is laid out: sizes, rooms, and how far one travels to follow a thing that a user does.

    python benchmarks/house.py            the figures of coder/
    python benchmarks/house.py --trips    the rooms of five trips too, as they are walked

A room is a module. A trip is followed as a reader would: each function of `coder` in the order in which it is
first called; the rooms are the modules that one enters, a return is the entry of a room that one left before.
"""

import argparse
import ast
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from types import FrameType

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "coder"
SHORT = 60
"""Lines under which a module is called short."""
SHALLOW = 150
"""Lines under which a module with one user might as well be part of it."""


def modules() -> dict[str, ast.Module]:
    """Every module of the package with something in it, by its dotted name."""
    trees = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        if path.name != "__init__.py" or len(tree.body) > 1:
            trees[_dotted(path)] = tree
    return trees


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method, nested ones too."""
    return (node for node in ast.walk(tree) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def importers(trees: dict[str, ast.Module]) -> dict[str, set[str]]:
    """For each module those that import it."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, tree in trees.items():
        for node in ast.walk(tree):
            if not isinstance(node, ast.ImportFrom) or not node.module or not node.module.startswith("coder"):
                continue
            for imported in {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)} & set(trees):
                found[imported].add(name)
    return found


def has_parameter(node: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether a function takes a parameter of this name."""
    arguments = node.args
    return name in {one.arg for one in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}


def layout() -> None:
    """Print the figures of the package."""
    trees = modules()
    lines = {name: len(_source(name).splitlines()) for name in trees}
    lengths = {(name, node.name): _length(node) for name, tree in trees.items() for node in functions(tree)}
    used = importers(trees)
    lonely = [name for name in trees if len(used[name]) == 1 and _folder(name) == _folder(next(iter(used[name])))]
    files = Counter(name.rpartition(".")[2] for name in trees if not _is_package(name))
    longest = max(lengths, key=lambda key: lengths[key])
    print(f"modules                                        {len(trees)}")
    print(f"lines of a module, median                      {median(lines.values()):.0f}")
    print(f"modules under {SHORT} lines                         {sum(size < SHORT for size in lines.values())}")
    print(f"modules that one other imports, of its folder  {len(lonely)}")
    print(f"of these under {SHALLOW} lines                        {sum(lines[name] < SHALLOW for name in lonely)}")
    print(f"file names that occur twice or more            {sum(times > 1 for times in files.values())}")
    print(f"functions                                      {len(lengths)}")
    print(f"lines of a function, median                    {median(lengths.values()):.0f}")
    print(f"lines of the longest function                  {lengths[longest]} ({'.'.join(longest)})")
    for parameter in ("language", "said"):
        takes = [name for name, tree in trees.items() for node in functions(tree) if has_parameter(node, parameter)]
        print(f"functions that take `{parameter}`{' ' * (24 - len(parameter))} {len(takes)} in {len(set(takes))} files")


def _source(name: str) -> str:
    path = ROOT.joinpath(*name.split("."))
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")


def _is_package(name: str) -> bool:
    return ROOT.joinpath(*name.split(".")).is_dir()


def _folder(name: str) -> str:
    return name.rpartition(".")[0]


def walk(trip: Callable[[], object]) -> list[str]:
    """The modules of a trip, in the order in which their functions are first called."""
    stays: list[str] = []
    met = set()

    def enter(frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if event != "call" or code in met or code.co_name == "<module>":
            return
        met.add(code)
        if Path(code.co_filename).is_relative_to(PACKAGE):
            name = _dotted(Path(code.co_filename))
            if not stays or stays[-1] != name:
                stays.append(name)

    sys.setprofile(enter)
    try:
        trip()
    finally:
        sys.setprofile(None)
    return stays


def trips(folder: Path) -> dict[str, Callable[[], object]]:
    """What a user does, each as one call; what it needs is made first."""
    from typer.testing import CliRunner  # noqa: PLC0415

    from coder import read_codebook  # noqa: PLC0415
    from coder.cli import app  # noqa: PLC0415
    from coder.methods.rules.engine import Rules  # noqa: PLC0415
    from coder.study import Decision, Study  # noqa: PLC0415

    answers, book = ROOT / "corpora" / "trends-2024.csv", ROOT / "codebooks" / "trends.yaml"
    study = folder / "trends.study"

    def command(*arguments: str | Path) -> None:
        done = CliRunner().invoke(app, list(map(str, arguments)))
        if done.exit_code:
            raise RuntimeError(done.output)

    command("study", "new", study)
    command(
        "study", "add", study, answers, "--text", "answer", "--id", "id", "--codebook", book, "--question", "trends"
    )

    unit = "2024:t24-002"

    def decide() -> None:
        with Study.open(study) as opened:
            opened["trends"].decide("anna", [Decision(unit, "ai"), Decision(unit, "")])

    def engine() -> None:
        from coder import read_answers  # noqa: PLC0415

        Rules().code(read_answers(answers, text="answer", id="id").corpus, read_codebook(book))

    return {
        "file to table": lambda: command("top", answers, "--codebook", book),
        "codebook to hits": engine,
        "report": lambda: command(
            "report", answers, "--text", "answer", "--codebook", book, "-o", folder / "report.html"
        ),
        "waves compared": lambda: command(
            "compare", answers, ROOT / "corpora" / "trends-2021.csv", "--codebook", book
        ),
        "decision to disk": decide,
    }  # fmt: skip


def main() -> None:
    """Print the layout, and the trips where they are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--trips", action="store_true", help="print the rooms of each trip")
    asked = parser.parse_args()
    layout()
    print("\ntrip                 rooms  returns")
    with tempfile.TemporaryDirectory() as folder:
        for name, trip in trips(Path(folder)).items():
            stays = walk(trip)
            print(f"{name:20} {len(set(stays)):5}  {len(stays) - len(set(stays)):7}")
            if asked.trips:
                print("    " + " > ".join(stays))


if __name__ == "__main__":
    main()
