"""Pure numbers: scores of a coding against another, agreement of coders, intervals."""
