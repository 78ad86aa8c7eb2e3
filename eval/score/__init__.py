"""Gold form × output form → FieldScores, and FieldScores → figures with their intervals. Pure: no file, no model."""
