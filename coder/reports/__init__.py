"""Tables, charts and quotes written as a report."""
