import { deviceChoice } from "./device-choice";
import { fetchDevices, fetchNamed, fetchThing, fetchThings, fetchVariables } from "../admin-client";
import { ListPicker, type PickerOptions } from "../widgets/list-picker";
import { fieldValue } from "../form-fields";
import type { ListChoice } from "../widgets/choice-index";
import { textsOf } from "../i18n";
import { chosenAccount, isEnvironment, thingChoice, variableChoices } from "./thing-and-variable";

/** What the form of manage can name, in its order. */
export const targetFields = ["thing", "property", "device", "dashboard", "trigger"] as const;

export type TargetField = (typeof targetFields)[number];

/** The lists of the form of manage. */
export interface TargetLists {
  /** Says which fields are in sight; the lists of the others are not asked for. */
  show(fields: ReadonlySet<string>): void;
  close(): void;
}

/** Makes lists for all that the form of manage can name. */
export function pickTargets(): TargetLists {
  const translate = textsOf("arduino-cloud-manage");
  let shown: ReadonlySet<string> = new Set();
  const loaders: Record<TargetField, (account: EditorNode, refresh: boolean) => Promise<ListChoice[]>> = {
    thing: async (account, refresh) =>
      (await fetchThings(account, refresh)).map((thing) => thingChoice(thing, translate)),
    property: async (account, refresh) => {
      const thing = fieldValue("thing").trim();
      const isOpenToAll = thing === "";
      const list = isOpenToAll ? await fetchVariables(account, refresh) : [await fetchThing(account, thing, refresh)];
      return list.flatMap((one) => variableChoices(one, isOpenToAll, () => undefined, translate));
    },
    device: async (account, refresh) =>
      (await fetchDevices(account, refresh)).map((device) => deviceChoice(device, translate)),
    dashboard: (account, refresh) => named(account, "dashboards", refresh),
    trigger: (account, refresh) => named(account, "triggers", refresh),
  };
  const picker = (field: TargetField, more: Partial<PickerOptions> = {}): ListPicker =>
    new ListPicker({
      field,
      nameField: `${field}Name`,
      translate,
      load: (refresh) => {
        const account = chosenAccount();
        const isUnknown = field === "property" && isEnvironment(pickers.thing.value);
        return account === undefined || !shown.has(field) || isUnknown ? undefined : loaders[field](account, refresh);
      },
      ...more,
    });
  const isOpenToAll = (): boolean => chosenAccount() !== undefined && pickers.thing.value === "";
  const pickers: Record<TargetField, ListPicker> = {
    thing: picker("thing", { onChange: () => pickers.property.reload() }),
    property: picker("property", {
      isLazy: isOpenToAll,
      tipWithoutList: () => (isOpenToAll() ? translate("tip.property-any") : undefined),
      onChange: (owner) => {
        if (owner !== undefined) pickers.thing.set(owner);
      },
    }),
    device: picker("device"),
    dashboard: picker("dashboard"),
    trigger: picker("trigger"),
  };
  const reload = (fields: readonly TargetField[]): void => {
    for (const field of fields) pickers[field].reload();
  };
  $("#node-input-account").on("change", () => reload(targetFields.filter((field) => shown.has(field))));
  return {
    show: (fields) => {
      const before = shown;
      shown = fields;
      reload(targetFields.filter((field) => fields.has(field) && !before.has(field)));
    },
    close: () => {
      for (const field of targetFields) pickers[field].close();
    },
  };
}

async function named(
  account: EditorNode,
  resource: "dashboards" | "triggers",
  refresh: boolean,
): Promise<ListChoice[]> {
  return (await fetchNamed(account, resource, refresh)).map(({ id, name }) => ({ value: id, name, detail: id }));
}
