/** Opens a modal dialog that looks like the editor's own, and takes it off the page once it is closed. */
export function openModal(content: JQuery, options: JQueryUI.DialogOptions, onClose?: () => void): void {
  content.dialog({
    ...options,
    modal: true,
    classes: { "ui-dialog": "red-ui-editor-dialog", ...options.classes },
    close: () => {
      onClose?.();
      // Later: the editor looks for the place of the key that has closed it.
      setTimeout(() => content.dialog("destroy").remove());
    },
  });
}
