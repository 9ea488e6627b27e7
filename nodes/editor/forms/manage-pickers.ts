import { chosenAccount, isEnvironment } from "../form-fields";
import { textsOf } from "../i18n";
import type { ListChoice } from "../widgets/choice-index";
import { ListPicker, type PickerOptions } from "../widgets/list-picker";
import { loadDevices } from "./device-choices";
import { loadNamed, loadThings, loadVariables } from "./list-choices";

/** The fields of the form of manage that have a list, in its order. */
export const targetFields = ["thing", "property", "device", "dashboard", "trigger"] as const;

type TargetField = (typeof targetFields)[number];

/** The lists of the form of manage. */
interface TargetLists {
  /** Shows which fields are in sight; the lists of the others are not asked for. */
  show(fields: ReadonlySet<string>): void;
  /** Puts what is chosen where the editor looks for it. */
  save(): void;
  close(): void;
}

const translate = textsOf("arduino-cloud-manage");

/** Makes lists for all that the form of manage can name. */
export function pickTargets(): TargetLists {
  let shown: ReadonlySet<string> = new Set();
  const pickers = makePickers((field) => shown.has(field));
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
    save: () => {
      for (const field of targetFields) pickers[field].save();
    },
    close: () => {
      for (const field of targetFields) pickers[field].close();
    },
  };
}

function makePickers(isShown: (field: TargetField) => boolean): Record<TargetField, ListPicker> {
  const picker = (field: TargetField, more: Partial<PickerOptions> = {}): ListPicker =>
    new ListPicker({
      field,
      nameField: `${field}Name`,
      translate,
      load: (refresh) => {
        const account = isShown(field) ? chosenAccount() : undefined;
        return account && load(field, account, pickers.thing.value, refresh);
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
  return pickers;
}

/** Loads a list; `undefined` where that of variables has nothing to go by but the runtime does. */
function load(
  field: TargetField,
  account: EditorNode,
  thing: string,
  refresh: boolean,
): Promise<ListChoice[]> | undefined {
  switch (field) {
    case "thing":
      return loadThings(account, refresh, translate);
    case "property":
      return isEnvironment(thing) ? undefined : loadVariables(account, thing, refresh, translate);
    case "device":
      return loadDevices(account, refresh, translate);
    case "dashboard":
      return loadNamed(account, "dashboards", refresh);
    case "trigger":
      return loadNamed(account, "triggers", refresh);
  }
}
