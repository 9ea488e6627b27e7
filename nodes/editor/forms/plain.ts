import { preferOnlyAccount } from "../default-account";
import { openMore } from "../form-fields";
import type { Form } from "../open-form";

/** Makes a form work that has nothing but fields, an account among them. */
export function plainForm(node: EditorNode): Form {
  preferOnlyAccount(node);
  openMore(node);
  return { close: () => undefined };
}
