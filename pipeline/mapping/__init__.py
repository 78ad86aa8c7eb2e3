"""Regions of one layout become a Template, and through it Drafts."""
