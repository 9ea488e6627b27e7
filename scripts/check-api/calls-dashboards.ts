import { randomUUID } from "node:crypto";
import type { Call, Known, Request } from "./call";

const uuid = randomUUID();
const expression = (text: string): object => ({
  expression: `${text} {{who}}`,
  variables: [{ placeholder: "who", entity: "RECIPIENT", attribute: "USERNAME" }],
});
const email = (user: string | undefined): object => ({
  kind: "NOTIFY-EMAIL",
  name: "Mail",
  email: { subject: expression("Hello"), body: expression("Hello"), delivery: { to: [{ id: user }] } },
});
const widget = (more: object): object => ({
  ...{ id: randomUUID(), type: "Switch", options: {}, height: 2, width: 2, x: 0, y: 0, height_mobile: 2, name: "A" },
  ...more,
});

const dashboardBody = ({ level }: Known): object => ({
  name: "Board",
  cover_image: "pump.png",
  widgets: [widget({ variables: [level] })],
});

/** Returns the calls that both versions of dashboards have. */
function dashboardsOf(version: "v2" | "v3"): Call[] {
  const board = `board ${version}`;
  const path = (known: Known): Request => ({ path: { id: known[board] } });
  const withBody = (known: Known): Request => ({ ...path(known), body: dashboardBody(known) });
  return [
    {
      id: `dashboards_${version}#create`,
      request: (known) => ({
        body: { ...dashboardBody(known), ...(version === "v3" && { pages: [{ id: uuid, name: "One", position: 0 }] }) },
      }),
      keeps: { [board]: "id", [`widget ${version}`]: "widgets.0.id" },
    },
    { id: `dashboards_${version}#list`, request: () => ({ query: { name: "Board" } }) },
    { id: `dashboards_${version}#show`, request: path },
    { id: `dashboards_${version}#patch`, request: (known) => ({ ...path(known), body: { name: "Board-2" } }) },
    { id: `dashboards_${version}#update`, request: withBody },
    {
      id: `dashboards_${version}#clone`,
      request: (known) => ({
        ...path(known),
        body: { overrides: [{ old_thing_id: known.thing, new_thing_id: known.copy }] },
      }),
    },
    { id: `dashboards_${version}#template`, request: path },
  ];
}

/** Dashboards of both versions, and their shares. */
export const dashboards: readonly Call[] = [
  ...dashboardsOf("v3"),
  ...dashboardsOf("v2").filter(({ id }) => id !== "dashboards_v2#update"),
  {
    id: "dashboards_v2#link",
    request: (known) => ({
      path: { id: known["board v2"], widgetId: known["widget v2"] },
      body: { variables: [known.level] },
    }),
  },
  ...dashboardsOf("v2").filter(({ id }) => id === "dashboards_v2#update"),
  {
    id: "dashboards_v2#requestAccess",
    request: (known) => ({ path: { id: known["board v2"] }, body: { message: "Please" } }),
    asGuest: true,
  },
  {
    id: "dashboards_v2#share",
    request: (known) => ({ path: { id: known["board v2"] }, body: { user_id: known.guest } }),
  },
  { id: "dashboards_v2#listShares", request: (known) => ({ path: { id: known["board v2"] } }) },
  { id: "dashboards_v2#deleteShare", request: (known) => ({ path: { id: known["board v2"], user_id: known.guest } }) },
  { id: "dashboards_v2#delete", request: (known) => ({ path: { id: known["board v2"] } }) },
];

/** Triggers, actions and templates. */
export const triggers: readonly Call[] = [
  {
    id: "triggers_v1#create",
    request: ({ on, user }) => ({ body: { name: "Overflow", property_id: on, actions: [email(user)] } }),
    keeps: { trigger: "id" },
  },
  { id: "triggers_v1#list", request: () => ({ query: { source_type: "PROPERTY" } }) },
  { id: "triggers_v1#show", request: ({ trigger }) => ({ path: { id: trigger } }) },
  { id: "triggers_v1#template", request: ({ trigger }) => ({ path: { id: trigger } }) },
  { id: "triggers_v1#patch", request: ({ trigger }) => ({ path: { id: trigger }, body: { active: false } }) },
  {
    id: "triggers_v1#update",
    request: ({ trigger, device }) => ({
      path: { id: trigger },
      body: {
        name: "Away",
        device_status_source: { criteria: "INCLUDE", device_ids: [device], grace_period_online: 5 },
      },
    }),
  },
  {
    id: "actions_v1#create",
    request: ({ user, trigger }) => ({ body: { ...email(user), trigger_id: trigger } }),
    keeps: { action: "id" },
  },
  { id: "actions_v1#list", request: () => ({}) },
  { id: "actions_v1#show", request: ({ action }) => ({ path: { id: action } }) },
  { id: "actions_v1#update", request: ({ action }) => ({ path: { id: action }, body: { name: "Letter" } }) },
  {
    id: "actions_v1#Unsubscribe",
    request: ({ action, guest }) => ({ path: { id: action }, body: { recipients: [guest] } }),
  },
  {
    id: "triggers_v1#unsubscribe",
    request: ({ trigger, guest }) => ({ path: { id: trigger }, body: { recipients: [guest] } }),
  },
  { id: "actions_v1#delete", request: ({ action }) => ({ path: { id: action } }) },
  { id: "triggers_v1#delete", request: ({ trigger }) => ({ path: { id: trigger } }) },
  {
    id: "templates#apply",
    request: () => ({ body: { template_name: "remote-controlled-lights", prefix_name: "Attic" } }),
  },
];
