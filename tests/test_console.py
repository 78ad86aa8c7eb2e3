"""What a terminal shows of a document: its words, never their effect."""

from pipeline.console import shown


def test_escapes_markup_and_characters_that_turn_text_around_have_no_effect() -> None:
    """They are seen; a text without any is untouched."""
    assert shown("\x1b[31m红\x07 [bold]粗[/bold] \u202e123").plain == "␛[31m红␇ [bold]粗[/bold] \ufffd123"
    assert shown("财政拨款 ≥53.00(人)").plain == "财政拨款 ≥53.00(人)"
