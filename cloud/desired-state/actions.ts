import { asRecord } from "../core/json";
import { isSameContent, ownField, pickFields, type Changes, type BodyFields } from "./compare";
import { match, type Raw, type Wanted } from "./match";
import { creation, removal, type PlanStep } from "./plan";
import { itemLabel, type Layout, readFields, textField, wrong } from "./read-input";

/** An action of a trigger as it is wanted. */
export interface WantedAction extends Wanted {
  readonly fields: BodyFields;
}

const actionFields = ["name", "description", "email", "push_notification"] as const;

/** The fields of a action as it is wanted. */
export const actionLayout: Layout = {
  noun: "action",
  fields: { id: "text", name: "text", kind: "text", description: "text", email: "map", push_notification: "map" },
  ignored: ["created_by", "organization_id", "trigger_id"],
};

/**
 * Reads the actions of a wanted trigger.
 * @throws CloudError `invalid_input` naming item and field
 */
export function readActions(whole: string, given: unknown): WantedAction[] | undefined {
  if (!Array.isArray(given)) return undefined;
  return given.map((item: unknown, index) => {
    const where = `${whole}, actions[${index}]${itemLabel(index, "action", item).replace(/^item \d+/, "")}`;
    const read = readFields(where, item, actionLayout);
    const fields = pickFields(read, ["kind", ...actionFields]);
    return { where, id: textField(read, "id"), name: textField(read, "name"), fields };
  });
}

/**
 * Returns the body that makes an action, alone or with its trigger. Throws CloudError `invalid_input` without a kind.
 */
export function newAction({ where, fields }: WantedAction): BodyFields {
  if (textField(fields, "kind") === "") throw wrong(where, "kind is missing; expected is NOTIFY-EMAIL or NOTIFY-PUSH.");
  return fields;
}

/** The trigger whose actions are planned. */
interface ActionOwner {
  id: string;
  name: string;
  where: string;
}

/** Plans what turns the present actions of a trigger into the wanted ones. Pure. Throws as `match` does. */
export function planActions(
  trigger: ActionOwner,
  current: readonly Raw[],
  wanted: readonly WantedAction[] | undefined,
  prune: boolean,
): PlanStep[] {
  if (wanted === undefined) return [];
  const { pairs, rest } = match("action", current, wanted);
  const steps = pairs.flatMap(({ wanted: item, current: present }) =>
    present === undefined ? [planActionCreation(trigger, item)] : planActionChanges(trigger, item, present),
  );
  const going = prune ? rest : [];
  return [...steps, ...going.map((present) => planActionRemoval(trigger, present))];
}

function planActionCreation(trigger: ActionOwner, item: WantedAction): PlanStep {
  const made = newAction(item);
  const entry = creation("action", `${trigger.name}: ${item.name}`, made);
  const body = { ...made, trigger_id: trigger.id };
  return { entries: [entry], operation: "actions_v1#create", path: {}, body, where: item.where };
}

function planActionChanges(trigger: ActionOwner, { where, fields }: WantedAction, present: Raw): PlanStep[] {
  const changes = actionChanges(present, fields);
  if (Object.hasOwn(changes, "kind")) {
    const kind = textField(present, "kind");
    throw wrong(where, `the kind of an action stays what it is (${kind}); give another name instead.`);
  }
  if (Object.keys(changes).length === 0) return [];
  const name = `${trigger.name}: ${textField(present, "name")}`;
  return [
    {
      entries: [{ action: "update", kind: "action", name, id: present.id, changes }],
      operation: "actions_v1#update",
      path: { id: present.id },
      body: pickFields(fields, Object.keys(changes)),
      where,
    },
  ];
}

function planActionRemoval(trigger: ActionOwner, present: Raw): PlanStep {
  return {
    entries: [removal("action", `${trigger.name}: ${textField(present, "name")}`, present.id)],
    operation: "actions_v1#delete",
    path: { id: present.id },
    where: trigger.where,
  };
}

function actionChanges(current: Raw, wanted: BodyFields): Changes {
  const changed = Object.keys(wanted).filter((field) => !isSameContent(plain(current[field]), plain(wanted[field])));
  return Object.fromEntries(
    changed.map((field) => [field, { from: ownField(current, field) ?? null, to: wanted[field] ?? null }]),
  );
}

/**
 * Returns the content of an action without what means nothing: the order of recipients and placeholders, and users'
 * names.
 */
function plain(content: unknown): unknown {
  const fields = asRecord(content);
  if (fields === undefined) return content;
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [
      name,
      name === "delivery" ? recipients(value) : placeholders(value),
    ]),
  );
}

function recipients(delivery: unknown): BodyFields {
  return Object.fromEntries(
    Object.entries(asRecord(delivery) ?? {}).map(([line, list]) => {
      const ids = Array.isArray(list) ? list.map((user: unknown) => textField(asRecord(user) ?? {}, "id")).sort() : [];
      return [line, ids.length === 0 ? null : ids];
    }),
  );
}

function placeholders(text: unknown): unknown {
  const fields = asRecord(text);
  const variables = fields?.variables;
  if (fields === undefined || !Array.isArray(variables)) return text;
  const key = (variable: unknown): string => textField(asRecord(variable) ?? {}, "placeholder");
  const sorted = [...(variables as unknown[])].sort((one, other) => (key(one) < key(other) ? -1 : 1));
  return { ...fields, variables: sorted.length === 0 ? null : sorted };
}
