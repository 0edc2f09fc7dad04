"""Executes a notebook as Jupyter does, without Jupyter; `python -m tests.notebook` writes its outputs anew."""

import ast
import json
import shutil
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.conftest import ROOT

NOTEBOOK = ROOT / "docs" / "notebook.ipynb"


def execute(notebook: dict[str, Any], folder: Path) -> list[list[dict[str, Any]]]:
    """The outputs of each code cell, run one after the other in `folder` beside copies of the synthetic corpora."""
    for name in ("corpora", "codebooks"):
        shutil.copytree(ROOT / name, folder / name)
    (folder / "docs").mkdir()
    space: dict[str, Any] = {"__name__": "__main__"}
    with chdir(folder / "docs"):
        return [
            _outputs("".join(cell["source"]), number, space)
            for number, cell in enumerate(notebook["cells"], start=1)
            if cell["cell_type"] == "code"
        ]


def _outputs(source: str, number: int, space: dict[str, Any]) -> list[dict[str, Any]]:
    """What a cell prints, and the value of its last line where that is an expression."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    printed, value = StringIO(), None
    with redirect_stdout(printed):
        exec(compile(tree, f"cell {number}", "exec"), space)  # noqa: S102 (our own notebook)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), f"cell {number}", "eval"), space)  # noqa: S307
    found: list[dict[str, Any]] = []
    if text := printed.getvalue():
        found.append({"name": "stdout", "output_type": "stream", "text": text.splitlines(keepends=True)})
    if value is not None:
        data = {"text/plain": repr(value).splitlines(keepends=True)}
        if hasattr(value, "_repr_html_"):
            data["text/html"] = [value._repr_html_()]
        found.append({"data": data, "execution_count": number, "metadata": {}, "output_type": "execute_result"})
    return found


def read() -> dict[str, Any]:
    """The notebook of the documentation."""
    notebook: dict[str, Any] = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
    return notebook


def main() -> None:
    """Write the outputs that the cells have now."""
    notebook = read()
    with TemporaryDirectory() as folder:
        found = iter(execute(notebook, Path(folder)))
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = next(found), number
    NOTEBOOK.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
