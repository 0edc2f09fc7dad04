"""Methods that code: rules, classifier, their combination; and topics for what is left."""
