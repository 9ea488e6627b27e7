export type { ItemResult, Progress } from "./bulk";
export {
  bodyFields,
  type ManagedOperation,
  messagePropertyOf,
  operationsOf,
  pathParameters,
  resources,
  schemaOf,
  takesMany,
} from "./catalogue";
export { type Choice, chooseOperation, type Chosen } from "./choose";
export { Manager } from "./manager";
export type { ManageInput } from "./prepare";
export { listNamed, type NamedResource } from "./lists";
