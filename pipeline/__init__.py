"""From a file to proven numbers: `run.py` reads like the diagram, each room is one step."""
