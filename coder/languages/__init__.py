"""What a rule and a model need of a language: forms, lemmas, function words, negation, what is no answer."""
