"""The steps joined: coding a file, and the whole job from answers to report."""
