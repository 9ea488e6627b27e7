import { randomUUID } from "node:crypto";
import { isVisible, owner, type Store } from "../../store/store";
import type { Action, Delivery } from "../../store/trigger-models";
import { notFound } from "../failure";
import { textOf, type Checked, type Field, type Fields } from "../fields";
import type { Call, Route } from "../route";
import { checkPlan, omit, ownedOf, pick, refuse } from "../resource-helpers";
import type { View } from "../views";

const text: Field = { kind: "string" };
const uuid: Field = { kind: "uuid" };
const attributes = ["ID", "NAME", "VALUE", "TIMESTAMP", "USERNAME", "EMAIL", "STATUS"];
const entities = ["RECIPIENT", "USER", "DEVICE", "THING", "PROPERTY", "TRIGGERING_DEVICE"];

const required = (fields: Fields): Field => ({ kind: "object", required: true, fields });
const listOf = (fields: Fields): Field => ({ kind: "array", items: { kind: "object", fields } });

const placeholder: Fields = {
  attribute: { kind: "string", required: true, values: attributes },
  entity: { kind: "string", required: true, values: entities },
  placeholder: { kind: "string", required: true },
  id: uuid,
  property_id: text,
  thing_id: text,
};

/** Returns the field `title_expression` or `body_expression`. @param max longest text */
const expression = (max: number): Field =>
  required({ expression: { kind: "string", required: true, max }, variables: listOf(placeholder) });

const recipients = listOf({ id: { kind: "uuid", required: true }, email: text, username: text });
const to: Field = { ...recipients, required: true, min: 1 };

const [title, words] = [expression(100), expression(1000)];

const contents: Fields = {
  email: {
    kind: "object",
    fields: { subject: title, body: words, delivery: required({ to, cc: recipients, bcc: recipients }) },
  },
  push_notification: { kind: "object", fields: { title, body: words, delivery: required({ to }) } },
};

/** `create-action` (docs/protocol.md#models). */
export const actionFields: Fields = {
  ...contents,
  kind: { kind: "string", required: true, values: ["NOTIFY-EMAIL", "NOTIFY-PUSH"] },
  name: { kind: "string", required: true, min: 1 },
  description: text,
  organization_id: uuid,
  trigger_id: uuid,
};

/** The content of each kind of action. */
const contentOf = { "NOTIFY-EMAIL": "email", "NOTIFY-PUSH": "push_notification" } as const;

/** Returns an action as `ArduinoAction`. */
export const actionView = (action: Action): View => ({ ...omit(action, ["user_id"]), created_by: action.user_id });

/** Returns the actions of a trigger, in the order they were made. */
export const actionsOf = ({ actions }: Store, triggerId: string): Action[] =>
  [...actions.values()].filter((action) => action.trigger_id === triggerId);

/** Throws Failure 404 for a trigger that is not the caller's. */
function checkTrigger({ store, scope }: Call, id: Checked[string] | undefined): void {
  if (id === undefined) return;
  const trigger = store.triggers.get(textOf(id));
  if (!trigger || trigger.deleted_at !== undefined || !isVisible(trigger, scope)) throw notFound("trigger");
}

/** Throws Failure 400 where an action does not have the content of its kind. */
export function checkContent({ kind, ...body }: Checked): void {
  const content = contentOf[kind as Action["kind"]];
  if (body[content] === undefined) refuse(`attribute "${content}" is missing, which ${textOf(kind)} needs`);
}

/** Stores a new action; fields that the API does not take are left out. */
export function addAction({ store, scope }: Call, fields: Checked): Action {
  const own = pick(fields, ["name", "kind", "description", "email", "push_notification", "trigger_id"]);
  const action = { id: randomUUID(), ...own, ...owner(scope) } as unknown as Action;
  store.actions.set(action.id, action);
  return action;
}

function create(call: Call): View {
  checkContent(call.body);
  checkTrigger(call, call.body.trigger_id);
  checkPlan(call, "actions");
  return actionView(addAction(call, call.body));
}

const actionOf = (call: Call): Action => ownedOf(call, call.store.actions, "action");

function update(call: Call): View {
  const action = actionOf(call);
  checkTrigger(call, call.body.trigger_id);
  Object.assign(action, pick(call.body, ["name", "description", "email", "push_notification", "trigger_id"]));
  return actionView(action);
}

/**
 * Takes users off an action. Content that nobody would get any more goes too, as it must have a recipient
 * (docs/protocol.md#models).
 */
export function unsubscribe(action: Action, users: readonly string[]): void {
  for (const name of Object.values(contentOf)) {
    const content = action[name];
    if (!content) continue;
    const delivery: Delivery = content.delivery;
    for (const line of ["to", "cc", "bcc"] as const) {
      const list = delivery[line];
      if (list) delivery[line] = list.filter(({ id }) => !users.includes(id));
    }
    if (delivery.to.length === 0) Reflect.deleteProperty(action, name);
  }
}

/** `recipients_list`. */
export const recipientsFields: Fields = { recipients: { kind: "array", required: true, items: uuid } };

const actions = "/iot/v1/actions";
const action = `${actions}/:id`;

/** Actions of triggers (docs/operations.md#actions). */
export const actionRoutes: readonly Route[] = [
  {
    method: "GET",
    path: actions,
    answers: "action[]",
    handle: ({ store, scope }) => [...store.actions.values()].filter((each) => isVisible(each, scope)).map(actionView),
  },
  { method: "POST", path: actions, answers: "action", success: 201, body: actionFields, handle: create },
  {
    method: "GET",
    path: action,
    answers: "action",
    emptyErrors: [],
    handle: (call) => actionView(actionOf(call)),
  },
  {
    method: "PUT",
    path: action,
    answers: "action",
    emptyErrors: [],
    body: { ...contents, description: text, name: { kind: "string", min: 1 }, trigger_id: uuid },
    handle: update,
  },
  { method: "DELETE", path: action, handle: (call) => void call.store.actions.delete(actionOf(call).id) },
  {
    method: "PUT",
    path: `${action}/unsubscribe`,
    answers: "action",
    emptyErrors: [],
    body: recipientsFields,
    handle(call) {
      const found = actionOf(call);
      unsubscribe(found, call.body.recipients as string[]);
      return actionView(found);
    },
  },
];
