"""Pure numbers: scores of a coding against another, intervals."""
