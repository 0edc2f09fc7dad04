"""Projects in .qdpx, the REFI-QDA Project 1.0 of NVivo, ATLAS.ti, MAXQDA, QualCoder and others, in and out.

A .qdpx is a zip of one .qde (XML) and the texts. `positions` finds how the positions in it are counted, as programs
differ in that. Nothing is left out in silence: `Project.account` says of every element of the file how many there are,
how many were taken over, and why not all.
"""

from coder.files.qdpx.project import Project
from coder.files.qdpx.reading import read_qdpx
from coder.files.qdpx.writing import write_qdpx

__all__ = ["Project", "read_qdpx", "write_qdpx"]
