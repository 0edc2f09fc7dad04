"""Dutch in full: lemmas, compounds, separable verbs, negation, what is no answer, what gives a person away."""
