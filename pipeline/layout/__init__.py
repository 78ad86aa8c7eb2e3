"""Pages become Grids: from ruling lines, from aligned text, across page breaks."""
