import type { ThingChoice, ThingDetail, VariableChoice } from "../../admin/protocol";
import { fetchFrom } from "../admin-client";
import type { Translate } from "../i18n";
import type { ListChoice } from "../widgets/choice-index";
import { isolate, kindWord, valueWords } from "./value-words";

/** Returns the reason why a variable would not work in a node, if there is one. */
export type ProblemOf = (variable: VariableChoice) => string | undefined;

/** Loads the entries of a list of an account's things. */
export async function loadThings(account: EditorNode, refresh: boolean, translate: Translate): Promise<ListChoice[]> {
  const things = await fetchFrom(account, "things", { refresh });
  return things.map((thing) => thingChoice(thing, translate));
}

/** Loads the entries of a list of the variables of a thing, or of all things, each under its own, where none is given. */
export async function loadVariables(
  account: EditorNode,
  thing: string,
  refresh: boolean,
  translate: Translate,
  problemOf?: ProblemOf,
): Promise<ListChoice[]> {
  if (thing !== "") return variableChoices(await fetchFrom(account, "thing", { refresh, thing }), translate, problemOf);
  const things = await fetchFrom(account, "variables", { refresh });
  return things.flatMap((one) => {
    const owner = { value: one.id, name: one.name };
    return variableChoices(one, translate, problemOf).map((choice) => ({ ...choice, owner }));
  });
}

/** Loads the entries of a list of an account's dashboards or triggers. */
export async function loadNamed(
  account: EditorNode,
  kind: "dashboards" | "triggers",
  refresh: boolean,
): Promise<ListChoice[]> {
  const list = await fetchFrom(account, kind, { refresh });
  return list.map(({ id, name }) => ({ value: id, name, detail: () => "" }));
}

/** Returns the entry of a thing in a list. */
export function thingChoice({ id, name, variables, device }: ThingChoice, translate: Translate): ListChoice {
  const count = (): string => translate("label.variables", { count: variables });
  return { value: id, name, detail: () => (device === null ? count() : `${count()} · ${isolate(device)}`) };
}

/** Returns the entries of the variables of one thing in a list. */
export function variableChoices(
  { choices }: ThingDetail,
  translate: Translate,
  problemOf: ProblemOf = () => undefined,
): ListChoice[] {
  return choices.map((variable) => {
    const { variable: value, name } = variable;
    const problem = problemOf(variable);
    const kind = kindWord(variable);
    const detail = (): string => `${kind} · ${valueWords(variable, translate("label.no-value"))}`;
    return { value, name, kind, detail, ...(problem !== undefined && { problem }) };
  });
}
