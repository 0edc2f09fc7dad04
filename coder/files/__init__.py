"""Every format in and out: answers, codings, codebooks, published tables."""
