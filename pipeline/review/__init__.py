"""A store of finished files comes in; what a reviewer sees and does goes out, without HTTP and HTML.

`pipeline.review.review.Review` is the one thing that a user interface calls; it may be called from several
threads. Everything it takes and gives is a frozen record of three modules, ready for JSON:

    records.py    the queue, the dashboard, the audit          QueueFilter → QueuePage, Dashboard, AuditRow
    desk.py       one form on the reviewer's desk              FormDesk: fields, doubts, cards, cells, history
    requests.py   what a reviewer may do to a form             EditRequest (one record a kind) → EditResult
    layouts.py    layouts that wait, corrections, their effect LayoutItem, LayoutPage, LayoutPreview

The life of a form on the desk:

    with Review.open(folder, session, author="li") as review:
        page = review.queue(QueueFilter())                  # waiting layouts on top, then the most doubtful form
        desk = review.form(page.items[0].form_id)           # FormDesk, with its `version`
        done = review.edit(desk.record.form_id, ReportIsWrong(finding=desk.cards[0].finding_id), desk.version)
        done = review.edit(desk.record.form_id, Settle(), done.desk.version)
        review.write_results()                              # forms.jsonl and forms.xlsx anew; the caller debounces

Every change is an event appended to the store (`schemas.run.Edit`); nothing is overwritten, undo is an event too.
An edit names the version that its window showed: if another window was first, ConflictError tells what changed.
Expected failures are HeduiErrors: `pipeline.catalogue.explain` gives the sentence. The words stand in
`pipeline/words/*/review.toml`. The table of edits and where each takes hold: `pipeline/edits/`.

This docstring imports nothing: `pipeline.run` needs `pipeline.edits`, and `review.py` needs `pipeline.run`.
"""
