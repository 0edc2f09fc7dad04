"""The types of arrays that numbers and labels travel in, once."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
