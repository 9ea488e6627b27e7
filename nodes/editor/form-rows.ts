/** What a field of the open form holds; blank where the form has no such field, and for a config node that is not chosen. */
export function fieldValue(field: string): string {
  const value = String($(`#node-input-${field}`).val() ?? "");
  return value === "_ADD_" ? "" : value;
}

/** Shows rows, by selector, only where they matter; `fields` are those that decide it. */
export function showRows(fields: readonly string[], rows: Record<string, () => boolean>): void {
  const show = (): void => {
    for (const [selector, matters] of Object.entries(rows)) $(selector).toggle(matters());
  };
  for (const field of fields) $(`#node-input-${field}`).on("change", show);
  show();
}
