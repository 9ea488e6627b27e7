import type { ThingChoice, VariableChoice } from "../common/admin-answers";
import { fetchThing, fetchThings } from "./lists";
import { Picker } from "./picker";
import type { Choice } from "./search";
import { hasOwnDevice } from "./own-device";
import { textsOf, type Translate } from "./text";

/** A form that has the fields `account`, `thing` and `property`, and perhaps `device` and `as`. */
export interface ThingAndVariable {
  type: string;
  /** Whether read-only variables are marked: the node writes as a user. */
  marksReadOnly?: () => boolean;
  /** What to do where variables are typed by hand, since the node has a device of its own. */
  tipWithDevice?: string;
}

/**
 * Both lists of one form: things of the chosen account, variables of the chosen thing. A device of Node-RED's own learns
 * its thing only from the cloud, so with one there are no lists. Gives what closes them.
 */
export function pickThingAndVariable({ type, marksReadOnly, tipWithDevice }: ThingAndVariable): () => void {
  const translate = textsOf(type);
  const source = (): EditorNode | undefined => (hasOwnDevice() ? undefined : chosenAccount());
  const things = new Picker({
    field: "thing",
    nameField: "thingName",
    translate,
    load: (refresh) => {
      const account = source();
      if (account === undefined) return undefined;
      return fetchThings(account, refresh).then((list) => list.map((thing) => thingChoice(thing, translate)));
    },
    onChange: () => variables.reload(),
  });
  const variables = new Picker({
    field: "property",
    nameField: "propertyName",
    translate,
    load: (refresh) => {
      const account = source();
      if (account === undefined || things.value === "" || isEnvironment(things.value)) return undefined;
      return fetchThing(account, things.value, refresh).then(({ choices }) =>
        choices.map((variable) => variableChoice(variable, marksReadOnly?.() ?? false, translate)),
      );
    },
    tipWithoutList: () => (hasOwnDevice() ? tipWithDevice : undefined),
  });
  const reload = (): void => {
    things.reload();
    variables.reload();
  };
  // The editor triggers "change" itself when the form is ready: that loads both lists the first time.
  $("#node-input-account").on("change", reload);
  let hadDevice = hasOwnDevice();
  $("#node-input-device").on("change", () => {
    if (hasOwnDevice() === hadDevice) return;
    hadDevice = !hadDevice;
    reload();
  });
  $("#node-input-as").on("change", () => variables.reload());
  return () => {
    things.close();
    variables.close();
  };
}

/** The account that is selected in the form; `undefined` for none, and for one that only the runtime knows (`${ENV}`). */
export function chosenAccount(): EditorNode | undefined {
  return RED.nodes.node(String($("#node-input-account").val() ?? "")) ?? undefined;
}

/** Whether a text stands for a value that only the runtime knows. */
export function isEnvironment(text: string): boolean {
  return /^\$[({].*[)}]$/.test(text);
}

/** An entry of a list of things. */
export function thingChoice({ id, name, variables }: ThingChoice, translate: Translate): Choice {
  return { value: id, name, detail: translate("label.variables", { count: variables }) };
}

/** An entry of a list of variables; one that cannot be written is marked where that matters. */
export function variableChoice(choice: VariableChoice, marksReadOnly: boolean, translate: Translate): Choice {
  const { variable, name, type, writable, lastValue, id } = choice;
  const last =
    lastValue === null ? translate("label.no-value") : translate("label.last-value", { value: isolate(lastValue) });
  return {
    value: variable,
    name,
    detail: [type, last, id].join(" · "),
    ...(marksReadOnly && !writable ? { problem: translate("tip.read-only") } : {}),
  };
}

/** Keeps text that runs from right to left, or tries to, from turning around what stands behind it. */
function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}
