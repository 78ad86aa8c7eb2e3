"""An Extraction becomes a CheckReport: ranges, rules, diagnosis. Pure."""
