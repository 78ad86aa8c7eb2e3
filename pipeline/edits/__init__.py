"""A form as read and a person's events come in, the form under that person's word goes out. Pure; no store, no clock.

    effective   events → those that nobody took back; what they say beyond values (Word)
    rows        rows of a form ↔ ids that outlive every change; pointers ↔ spots
    values      a typed text or a cell → the value of a field, or why it is none
    amend       Extraction + events → Extraction: values, rows, evidence, claims
    word        CheckReport, Decision + Word → what the law says with a person as witness
    reshape     regions of a document + events → its regions as a person cut them

An event that no longer fits (its row or cell is gone since the layout was read anew) stays listed and changes nothing.
"""
