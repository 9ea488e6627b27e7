import { textOf } from "../../../cloud/core/text";
import { fetchFrom, ListError } from "../admin-client";
import { chosenAccount, fieldValue, hasOwnDevice, isEnvironment } from "../form-fields";
import { textsOf, type Translate } from "../i18n";
import type { Form } from "../open-form";
import type { ListChoice } from "../widgets/choice-index";
import { ListPicker } from "../widgets/list-picker";
import { loadThings, loadVariables, type ProblemOf, variableChoices } from "./list-choices";

/** A form that has the fields `account`, `thing` and `property`, and perhaps `device`. */
interface ThingAndVariable {
  type: string;
  problemOf?: ProblemOf;
  /** Other fields that decide what is a problem. */
  problemFields?: readonly string[];
  /** Tells what to do where variables are typed by hand: with a device whose thing cannot be learnt here. */
  tipWithDevice?: string;
}

/** Both lists of a form. */
interface Lists {
  things: ListPicker;
  variables: ListPicker;
}

/**
 * Makes both lists of a form: things of the chosen account, variables of the chosen thing. Where no thing is chosen yet,
 * the variables of all things, each by its thing; where a device of Node-RED's own is, those of its thing.
 */
export function pickThingAndVariable(form: ThingAndVariable): Required<Form> {
  const lists = makeLists(form);
  const reload = (): void => {
    lists.things.reload();
    lists.variables.reload();
  };
  // The editor triggers "change" itself when the form is ready: that loads both lists the first time.
  $("#node-input-account").on("change", reload);
  const connection = (): string => (hasOwnDevice() ? fieldValue("device") : "");
  let known = connection();
  $("#node-input-device, #arduino-cloud-connect-as").on("change", () => {
    if (connection() === known) return;
    known = connection();
    reload();
  });
  for (const field of form.problemFields ?? []) {
    $(`#node-input-${field}`).on("change", () => lists.variables.reload());
  }
  const both = [lists.things, lists.variables];
  return {
    save: () => both.forEach((list) => list.save()),
    close: () => both.forEach((list) => list.close()),
  };
}

function makeLists({ type, problemOf, tipWithDevice }: ThingAndVariable): Lists {
  const translate = textsOf(type);
  const isOpenToAll = (): boolean => !hasOwnDevice() && chosenAccount() !== undefined && things.value === "";
  const things = new ListPicker({
    field: "thing",
    nameField: "thingName",
    translate,
    load: (refresh) => {
      const account = hasOwnDevice() ? undefined : chosenAccount();
      return account && loadThings(account, refresh, translate);
    },
    onChange: () => variables.reload(),
  });
  const variables = new ListPicker({
    field: "property",
    nameField: "propertyName",
    translate,
    load: (refresh) => {
      if (hasOwnDevice()) return loadOfDevice(translate, problemOf);
      const account = isEnvironment(things.value) ? undefined : chosenAccount();
      return account && loadVariables(account, things.value, refresh, translate, problemOf);
    },
    isLazy: isOpenToAll,
    tipWithoutList: () => (hasOwnDevice() ? tipWithDevice : isOpenToAll() ? translate("tip.property-any") : undefined),
    onChange: (owner) => {
      if (owner !== undefined) things.set(owner);
    },
  });
  return { things, variables };
}

/** Loads the variables of the chosen device's thing, if its account is known: that is what knows them. */
function loadOfDevice(translate: Translate, problemOf: ProblemOf | undefined): Promise<ListChoice[]> | undefined {
  // For an id that it doesn't know, the editor answers `null` or nothing.
  const node = RED.nodes.node(fieldValue("device")) ?? undefined;
  const account = RED.nodes.node(textOf(node?.account)) ?? undefined;
  if (node === undefined || account === undefined) return undefined;
  const device = textOf(node.credentials?.deviceId);
  return fetchFrom(account, "device-thing", { node: node.id, device }).then((thing) => {
    if (thing === null) throw new ListError("no-thing");
    return variableChoices(thing, translate, problemOf);
  });
}
