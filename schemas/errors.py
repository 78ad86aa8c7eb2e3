"""Every error hedui raises on purpose.

HeduiError                  expected: shown as one line, never as a traceback
├── UsageError              the call or a setting is wrong
│   └── SettingsError       hedui.toml holds a key or a value that hedui does not know
├── DocumentError           one file could not be read; the batch goes on
│   ├── UnsupportedFormat   its content is of a kind that no reader takes
│   ├── DamagedDocument     its bytes cannot be parsed
│   └── LockedDocument      it needs a password
├── ModelError              the language model gave no usable answer
│   ├── ModelUnavailable    nothing answers, or the embedded model is not installed or not intact
│   ├── ModelRefused        the endpoint rejects the key, the model's name or the request
│   └── ModelAnswerInvalid  the answer broke the response schema after every re-ask
├── BudgetExceeded          a limit on calls or cost was reached; what was done is kept
├── ReviewError             what a reviewer asked for does not fit the form or the layout
│   └── ConflictError       the form or the layout was changed in another window first
└── StoreError              the store cannot be opened, is of another version, or is in use

A wrong number is data (a Finding), never one of these. An error carries the code of its sentence in
the message catalogue and the values that fill it, so that it can be told in the reader's language.
"""


class HeduiError(Exception):
    """An expected failure: `code` names its sentence in the catalogue, `params` fill it."""

    def __init__(self, code: str, **params: object) -> None:
        self.code = code
        self.params = params
        detail = ", ".join(f"{name}={value!r}" for name, value in params.items())
        super().__init__(f"{code}: {detail}" if detail else code)

    def __reduce__(self) -> tuple[object, tuple[type["HeduiError"], str, dict[str, object]]]:
        """Let a worker process hand the error to its parent whole."""
        return _rebuild, (type(self), self.code, self.params)


def _rebuild(kind: type[HeduiError], code: str, params: dict[str, object]) -> HeduiError:
    return kind(code, **params)


class UsageError(HeduiError):
    """Raised when the call or a setting is wrong."""


class SettingsError(UsageError):
    """Raised when a settings file holds a key or a value that hedui does not know."""


class DocumentError(HeduiError):
    """Raised when one file could not be read; the batch goes on."""


class UnsupportedFormat(DocumentError):
    """Raised when a file's content is of a kind that no reader takes."""


class DamagedDocument(DocumentError):
    """Raised when a file's bytes cannot be parsed."""


class LockedDocument(DocumentError):
    """Raised when a file needs a password."""


class ModelError(HeduiError):
    """Raised when the language model gave no usable answer."""


class ModelUnavailable(ModelError):
    """Raised when nothing answers, or the embedded model is not installed or not intact."""


class ModelRefused(ModelError):
    """Raised when the endpoint rejects the key, the model's name or the request."""


class ModelAnswerInvalid(ModelError):
    """Raised when an answer broke the response schema after every re-ask."""


OF_THE_QUESTION = frozenset({"model.answer_invalid", "model.rejected", "model.filtered"})
"""What a ModelError may say of one question alone, one that is too long for the model among it."""


class BudgetExceeded(HeduiError):
    """Raised when a limit on calls or cost was reached; what was done is kept."""


class ReviewError(HeduiError):
    """Raised when what a reviewer asked for does not fit the form or the layout; nothing was changed."""


class ConflictError(ReviewError):
    """Raised when another window or run changed the form or the layout first; nothing of theirs is lost.

    `params` hold `version`, the one to edit from now, and `edits`, the events that came in between (schemas.run.Edit).
    """


class StoreError(HeduiError):
    """Raised when the store cannot be opened, is of another version, or is in use."""
