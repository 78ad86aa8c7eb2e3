// What a key does to the row of a field: the request, and where to go if the row is no more.

// `request` is missing where there is no next row to merge with; null if the field stands in no row.
export function rowAct(desk, row, kind) {
  const table = desk.rows.find((one) => one.row === row)?.table;
  if (!row || !table) return null;
  const all = desk.rows.filter((one) => one.table === table);
  const index = all.findIndex((one) => one.row === row);
  const second = all[index + 1]?.row;
  const requests = {
    add_row: { kind, table, after: row },
    delete_row: { kind, row },
    split_row: { kind, row },
    merge_rows: second && { kind, row, second },
  };
  return { request: requests[kind], row, beside: second ?? all[index - 1]?.row };
}

export function addAtEnd(desk, table) {
  return { kind: 'add_row', table, after: desk.rows.findLast((one) => one.table === table)?.row ?? null };
}

// Where to go in a row: its field of a column, else its first blank field that can be seen.
export function fieldIn(desk, row, column, seen) {
  const inside = desk.fields.filter((field) => field.row === row);
  const found = column
    ? inside.find((field) => field.pointer.endsWith(`/${column}`))
    : inside.find((field) => field.text === null && seen(field.pointer));
  return (found ?? inside[0])?.pointer;
}
