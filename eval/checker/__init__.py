"""The checker's own benchmark: seeded errors over labelled forms, and how many of them the rules let through."""
