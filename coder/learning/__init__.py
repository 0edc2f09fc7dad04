"""How well coding goes, measured on what people coded."""
