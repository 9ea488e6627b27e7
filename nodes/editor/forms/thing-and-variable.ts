import type { ThingChoice, ThingDetail, VariableChoice } from "../../admin/protocol";
import { fetchDeviceThing, fetchThing, fetchThings, fetchVariables } from "../admin-client";
import { ListPicker } from "../widgets/list-picker";
import { fieldValue, hasOwnDevice } from "../form-fields";
import type { ListChoice } from "../widgets/choice-index";
import { textsOf, type Translate } from "../i18n";

/** Why a variable would not work in a node, if so. */
export type ProblemOf = (variable: VariableChoice) => string | undefined;

/** A form that has the fields `account`, `thing` and `property`, and perhaps `device`. */
export interface ThingAndVariable {
  type: string;
  problemOf?: ProblemOf;
  /** Other fields that decide what is a problem. */
  problemFields?: readonly string[];
  /** What to do where variables are typed by hand: with a device whose thing cannot be learnt here. */
  tipWithDevice?: string;
}

/**
 * Both lists of one form: things of the chosen account, variables of the chosen thing. Where no thing is chosen yet, the
 * variables of all things, each by its thing; where a device of Node-RED's own is, those of its thing. Gives what closes
 * the lists.
 */
export function pickThingAndVariable(form: ThingAndVariable): () => void {
  const { type, problemOf = () => undefined, problemFields = [], tipWithDevice } = form;
  const translate = textsOf(type);
  const isOpenToAll = (): boolean => !hasOwnDevice() && chosenAccount() !== undefined && things.value === "";
  const things = new ListPicker({
    field: "thing",
    nameField: "thingName",
    translate,
    load: (refresh) => {
      const account = hasOwnDevice() ? undefined : chosenAccount();
      if (account === undefined) return undefined;
      return fetchThings(account, refresh).then((list) => list.map((thing) => thingChoice(thing, translate)));
    },
    onChange: () => variables.reload(),
  });
  const variables = new ListPicker({
    field: "property",
    nameField: "propertyName",
    translate,
    load: (refresh) =>
      loadVariables(things.value, refresh)?.then((list) =>
        list.flatMap((thing) => variableChoices(thing, isOpenToAll(), problemOf, translate)),
      ),
    isLazy: isOpenToAll,
    tipWithoutList: () => (hasOwnDevice() ? tipWithDevice : isOpenToAll() ? translate("tip.property-any") : undefined),
    onChange: (owner) => {
      if (owner !== undefined) things.set(owner);
    },
  });
  const reload = (): void => {
    things.reload();
    variables.reload();
  };
  // The editor triggers "change" itself when the form is ready: that loads both lists the first time.
  $("#node-input-account").on("change", reload);
  let device = fieldValue("device");
  $("#node-input-device").on("change", () => {
    if (fieldValue("device") === device) return;
    device = fieldValue("device");
    reload();
  });
  for (const field of problemFields) $(`#node-input-${field}`).on("change", () => variables.reload());
  return () => {
    things.close();
    variables.close();
  };
}

/** The things whose variables can be chosen: the one that is named, the device's, or all. */
function loadVariables(thing: string, refresh: boolean): Promise<ThingDetail[]> | undefined {
  if (hasOwnDevice()) {
    const device = RED.nodes.node(fieldValue("device"));
    const account = typeof device?.account === "string" ? RED.nodes.node(device.account) : null;
    return device && account ? fetchDeviceThing(account, device).then((found) => [found]) : undefined;
  }
  const account = chosenAccount();
  if (account === undefined || isEnvironment(thing)) return undefined;
  return thing === "" ? fetchVariables(account, refresh) : fetchThing(account, thing, refresh).then((found) => [found]);
}

/** The account that is selected in the form; `undefined` for none, and for one that only the runtime knows (`${ENV}`). */
export function chosenAccount(): EditorNode | undefined {
  return RED.nodes.node(fieldValue("account")) ?? undefined;
}

/** Whether a text stands for a value that only the runtime knows. */
export function isEnvironment(text: string): boolean {
  return /^\$[({].*[)}]$/.test(text);
}

/** An entry of a list of things. */
export function thingChoice({ id, name, variables, device }: ThingChoice, translate: Translate): ListChoice {
  const count = translate("label.variables", { count: variables });
  return { value: id, name, detail: device === null ? count : `${count} · ${isolate(device)}` };
}

/** The entries of a list of variables of one thing; in a list of all things, with the thing that they belong to. */
export function variableChoices(
  thing: ThingDetail,
  isOneOfMany: boolean,
  problemOf: ProblemOf,
  translate: Translate,
): ListChoice[] {
  const owner = isOneOfMany ? { owner: { value: thing.id, name: thing.name } } : {};
  return thing.choices.map((variable) => ({ ...variableChoice(variable, problemOf(variable), translate), ...owner }));
}

function variableChoice(variable: VariableChoice, problem: string | undefined, translate: Translate): ListChoice {
  const { name, type, lastValue, id } = variable;
  const last =
    lastValue === null ? translate("label.no-value") : translate("label.last-value", { value: isolate(lastValue) });
  return {
    value: variable.variable,
    name,
    detail: [type, last, id].join(" · "),
    ...(problem === undefined ? {} : { problem }),
  };
}

/** Keeps text that runs from right to left, or tries to, from turning around what stands behind it. */
function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}
