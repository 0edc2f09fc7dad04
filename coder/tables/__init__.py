"""Tables of codes: frequencies, and their comparison with an earlier wave."""
