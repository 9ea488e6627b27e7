export type { ItemResult, Progress } from "./bulk";
export {
  bodyFieldsOf,
  type ManagedOperation,
  messagePropertyOf,
  operationsOf,
  pathParameters,
  resources,
  takesMany,
} from "./catalogue";
export { chooseOperation, type Chosen } from "./choose-operation";
export { Manager } from "./manager";
export type { ManageInput } from "./prepare-request";
export { listNamed, type NamedResource, showDashboard } from "./list-named";
