"""One Markdown file a question, with named holes and its worked examples."""
