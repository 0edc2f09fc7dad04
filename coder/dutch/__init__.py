"""Dutch text: folding, tokens with offsets, lemmas, answers that are no answer."""
