/** What an account that is in a cluster needs; it is loaded only then. */
export { Cluster } from "./cluster";
export { exclusively } from "./exclusive";
export { RedisEngine } from "./redis-engine";
export { SharedPace } from "./shared-pace";
export { turnsOf } from "./turns";
