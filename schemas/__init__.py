"""The values hedui works with: no I/O, no model, no clock. Each module opens with its noun."""
