import type { ThingChoice, VariableChoice } from "../common/admin-answers";
import { fetchThing, fetchThings } from "./lists";
import { Picker } from "./picker";
import type { Choice } from "./search";
import { textsOf, type Translate } from "./text";

/** A form that has the fields `account`, `thing` and `property`. */
export interface ThingAndVariable {
  type: string;
  /** Whether the node writes: read-only variables are marked. */
  writes: boolean;
}

/** Both lists of one form: things of the chosen account, variables of the chosen thing. Gives what closes them. */
export function pickThingAndVariable({ type, writes }: ThingAndVariable): () => void {
  const translate = textsOf(type);
  const things = new Picker({
    field: "thing",
    nameField: "thingName",
    translate,
    load: (refresh) => {
      const account = chosenAccount();
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
      const account = chosenAccount();
      if (account === undefined || things.value === "" || isEnvironment(things.value)) return undefined;
      return fetchThing(account, things.value, refresh).then(({ choices }) =>
        choices.map((variable) => variableChoice(variable, writes, translate)),
      );
    },
  });
  // The editor triggers "change" itself when the form is ready: that loads both lists the first time.
  $("#node-input-account").on("change", () => {
    things.reload();
    variables.reload();
  });
  return () => {
    things.close();
    variables.close();
  };
}

/** The account that is selected in the form; `undefined` for none, and for one that only the runtime knows (`${ENV}`). */
export function chosenAccount(): EditorNode | undefined {
  return RED.nodes.node(String($("#node-input-account").val() ?? "")) ?? undefined;
}

function isEnvironment(text: string): boolean {
  return /^\$[({].*[)}]$/.test(text);
}

function thingChoice({ id, name, variables }: ThingChoice, translate: Translate): Choice {
  return { value: id, name, detail: translate("label.variables", { count: variables }) };
}

function variableChoice(choice: VariableChoice, writes: boolean, translate: Translate): Choice {
  const { variable, name, type, writable, lastValue, id } = choice;
  const last =
    lastValue === null ? translate("label.no-value") : translate("label.last-value", { value: isolate(lastValue) });
  return {
    value: variable,
    name,
    detail: [type, last, id].join(" · "),
    ...(writes && !writable ? { problem: translate("tip.read-only") } : {}),
  };
}

/** Keeps text that runs from right to left, or tries to, from turning around what stands behind it. */
function isolate(text: string): string {
  return `\u2068${text}\u2069`;
}
