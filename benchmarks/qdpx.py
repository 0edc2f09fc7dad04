"""What is taken over from projects of other programs, and whether what we write keeps to the standard.

python benchmarks/qdpx.py FOLDER: every .qdpx in it is read into a study, and the account printed; the study is
exported, the export is validated against Project.xsd in the folder (of the REFI-QDA standard; its licence keeps it out
of here) and read into another study, which has to be the same. Times are processor seconds.
"""

import sys
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

from lxml import etree

from coder import Study
from coder.files.qdpx import Project
from coder.files.qdpx.project_reader import read_qdpx
from coder.files.qdpx.project_writer import write_qdpx
from coder.study.documents.document_exchange import enter_project, project_of


def through(place: Path, project: Project) -> Project:
    """The project as a new study has it."""
    with Study.create(place, name="benchmark") as study:
        enter_project(study, "plans", project, "anna")
        return project_of(study, "plans")


def same(one: Project, other: Project) -> bool:
    """Whether two projects are the same, but for when their fragments were made."""
    texts = [[(of.name, of.text, of.blocks.to_csv()) for of in project.documents] for project in (one, other)]
    rows = [project.fragments.drop(columns="when") for project in (one, other)]
    attributes = [project.documents.attributes.to_csv() for project in (one, other)]
    return (
        texts[0] == texts[1] and rows[0].equals(rows[1]) and one.book == other.book and attributes[0] == attributes[1]
    )


def main(folder: Path) -> None:
    """Print what is found of each project."""
    schema = etree.XMLSchema(etree.parse(folder / "Project.xsd"))
    for path in sorted(folder.glob("*.qdpx")):
        start = process_time()
        project = read_qdpx(path)
        used = process_time() - start
        print(f"\n{path.name}: {project.documents}, {len(project.fragments)} fragments, read in {used:.2f} s")
        print(project.account.astype(str).to_string(index=False))
        for note in project.notes:
            print(note)
        with TemporaryDirectory() as place:
            kept = through(Path(place) / "a.study", project)
            write_qdpx(Path(place) / "out.qdpx", kept)
            with zipfile.ZipFile(Path(place) / "out.qdpx") as parts:
                valid = schema.validate(etree.fromstring(parts.read("project.qde")))
            again = through(Path(place) / "b.study", read_qdpx(Path(place) / "out.qdpx"))
        print(f"export valid: {valid}; round trip the same: {same(kept, again)}")
        for error in list(schema.error_log)[:5]:
            print(f"  {error}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
