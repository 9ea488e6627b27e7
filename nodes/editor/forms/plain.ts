import { preferOnlyAccount } from "../default-account";
import type { Form } from "../open-form";

/** Makes a form work that has nothing but fields and an account. */
export function plainForm(node: EditorNode): Form {
  preferOnlyAccount(node);
  return { close: () => undefined };
}
