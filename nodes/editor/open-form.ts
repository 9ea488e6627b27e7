import { notLoadedText } from "./import-file";
import type { Parts } from "./load-part";
import { loadSharedCode, presentSharedCode, type SharedCode } from "./shared-code";

/** The part of a form that is more than fields. */
export interface Form {
  /** Puts what is chosen where the editor looks for it; called before `close`. */
  save?: () => void;
  /** Ends lists, buttons and whatever is under way. */
  close: () => void;
}

/** A form that is open, with or without the shared code. */
interface OpenForm {
  /** Ends the form of a user who takes over what is in it. */
  save(): void;
  /** Ends the form of a user who gives it up. */
  close(): void;
}

/** The form of a node that nobody edits. */
export const noForm: OpenForm = { save: () => undefined, close: () => undefined };

let edited: EditorNode | undefined;

/** Returns whether the form of a node is open: then its fields count, and the node still has what was saved. */
export function isFormOpen({ id }: EditorNode): boolean {
  return edited?.id === id;
}

/**
 * Makes the form of a node work, with the part of the shared code that `prepare` calls: at once where that is loaded,
 * else as soon as it is. Where it can't be had, the fields remain, and a line above them says why nothing else works.
 */
export function openForm(node: EditorNode, prepare: (code: SharedCode) => Form): OpenForm {
  return openWith(node, prepare, presentSharedCode() ?? loadSharedCode());
}

/** Does what `openForm` does for a form whose code is a part of its own. */
export function openPartForm<Name extends keyof Parts>(
  node: EditorNode,
  name: Name,
  prepare: (part: Parts[Name]) => Form,
): OpenForm {
  return openWith(
    node,
    prepare,
    loadSharedCode().then(({ loadPart }) => loadPart(name)),
  );
}

function openWith<Code extends object>(
  node: EditorNode,
  prepare: (code: Code) => Form,
  code: Code | Promise<Code>,
): OpenForm {
  edited = node;
  let form: Form | undefined;
  let isOpen = true;
  const late = (loaded: Code): void => {
    if (!isOpen) return;
    form = prepare(loaded);
    announceFields(node);
  };
  const close = (): void => {
    isOpen = false;
    edited = undefined;
    form?.close();
  };
  if (code instanceof Promise) code.then(late, () => isOpen && showProblem(node));
  else form = prepare(code);
  return {
    save: () => {
      form?.save?.();
      close();
    },
    close,
  };
}

/** Does what the editor does when a form is ready: tells all fields that they have changed, without judging them. */
function announceFields(node: EditorNode): void {
  formFieldsOf(node).attr("skipValidation", "true").trigger("change").removeAttr("skipValidation");
}

function showProblem(node: EditorNode): void {
  const problem = $('<div class="form-tips arduino-cloud-problem" role="alert">').text(notLoadedText());
  formFieldsOf(node).closest("form").prepend(problem);
}

function formFieldsOf({ _def: { category, defaults, credentials = {} } }: EditorNode): JQuery {
  const prefix = category === "config" ? "node-config-input" : "node-input";
  const names = Object.keys({ ...defaults, ...credentials });
  return $(names.map((name) => `#${prefix}-${name}`).join());
}
